package vn.truc.board;

import java.util.Arrays;
import java.util.Optional;
import vn.truc.event.CaseKind;

/// The topics of the catalogue: the first word of an id and of a cache channel.
public enum Topic {
  FEEDBACK("feedback"),
  DOSSIER("dossier"),
  PORTAL("portal"),
  INDICATOR("indicator");

  private final String label;

  Topic(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }

  /// The topic with this name; empty when there is none.
  public static Optional<Topic> of(String label) {
    return Arrays.stream(values()).filter(topic -> topic.label.equals(label)).findFirst();
  }

  /// The topic that cases of a kind count in.
  static Topic of(CaseKind kind) {
    return switch (kind) {
      case FEEDBACK -> FEEDBACK;
      case DOSSIER -> DOSSIER;
    };
  }

  int bit() {
    return 1 << ordinal();
  }
}
