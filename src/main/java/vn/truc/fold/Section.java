package vn.truc.fold;

import java.util.Objects;

/// A named part of a state in a snapshot.
///
/// @param name no other section of this house has it, nor had it with another content
/// @param version of its content; rises with each change of it. What is of another version is not
/// read: the log is folded instead
public record Section(String name, int version, Kind kind) {
  public Section {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(kind, "kind");
  }

  /// When a section is copied, and who needs it.
  public enum Kind {
    /// Piece by piece while the fold goes on; holds the log up to where the copy was begun.
    SLICED,

    /// At once, when all that is sliced is written.
    WHOLE,

    /// At once, and small: what a verb needs that does without cases, so it stands in briefs too.
    BRIEF
  }
}
