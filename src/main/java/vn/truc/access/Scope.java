package vn.truc.access;

import java.util.Objects;

/// What a token may read: a closed family. Never compared as bare text: an agency may be written in
/// a fact as anything, also as the code of an area.
public sealed interface Scope {

  /// Everything.
  record Province() implements Scope {}

  /// Cases whose agency is not configured, or that have none.
  record Unassigned() implements Scope {}

  /// An agency that is configured, and those below it.
  record Agency(String id) implements Scope {
    public Agency {
      Objects.requireNonNull(id, "id");
    }
  }

  /// An area that is configured, by its code.
  record Area(String code) implements Scope {
    public Area {
      Objects.requireNonNull(code, "code");
    }
  }

  /// A field that is configured, by its id.
  record Field(String id) implements Scope {
    public Field {
      Objects.requireNonNull(id, "id");
    }
  }

  /// How facts of a source arrive.
  record Source(String uri) implements Scope {
    public Source {
      Objects.requireNonNull(uri, "uri");
    }
  }

  /// Nothing that the configuration in force knows: reads nothing.
  record None() implements Scope {}
}
