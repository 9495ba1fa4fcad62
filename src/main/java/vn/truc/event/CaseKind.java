package vn.truc.event;

import java.util.Optional;

/// The two kinds of case the board counts.
public enum CaseKind {
  /// An administrative dossier (hồ sơ thủ tục hành chính).
  DOSSIER("dossier"),
  /// Feedback of a citizen or a business (phản ánh, kiến nghị).
  FEEDBACK("feedback");

  private final String label;

  CaseKind(String label) {
    this.label = label;
  }

  /// The name used in routes, payloads and facts: `dossier` or `feedback`.
  public String label() {
    return label;
  }

  /// The kind with this label; empty when there is none.
  public static Optional<CaseKind> of(String label) {
    return switch (label) {
      case "dossier" -> Optional.of(DOSSIER);
      case "feedback" -> Optional.of(FEEDBACK);
      default -> Optional.empty();
    };
  }
}
