package vn.truc.access;

import java.util.Optional;

/// What the holder of a dashboard token may do.
public enum Role {
  /// Looks at boards, cases and series of the token's scope, without personal fields.
  VIEWER("viewer"),
  /// On duty: sees personal fields, writes (acknowledges, silences).
  OPERATOR("operator"),
  /// An agency's own people: their subtree, with its personal fields.
  AGENCY("agency"),
  /// Everything an operator may, and what changes the house.
  ADMIN("admin");

  private final String label;

  Role(String label) {
    this.label = label;
  }

  /// The name on the command line and in tokens.
  public String label() {
    return label;
  }

  /// The role of a label; empty when there is none.
  public static Optional<Role> of(String label) {
    for (Role role : values()) {
      if (role.label.equals(label)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }
}
