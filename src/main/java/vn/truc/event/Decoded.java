package vn.truc.event;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What became of one event of a request.
public sealed interface Decoded {

  /// Its place in the request, from 0.
  long index();

  /// A sound event.
  ///
  /// @param record the record to append, position 0
  /// @param personal what lies beside the record, as one JSON object: personal members, and all
  /// that its type does not know
  /// @param unknown names of members its type does not know: of a case they lie beside the record;
  /// elsewhere they are kept nowhere, nor are extensions, whose names are among these then
  record Accepted(long index, LogRecord record, Optional<String> personal, List<String> unknown)
      implements Decoded {
    public Accepted {
      Objects.requireNonNull(record, "record");
      Objects.requireNonNull(personal, "personal");
      unknown = List.copyOf(unknown);
    }
  }

  /// A refused event.
  ///
  /// @param json whether its bytes were JSON text at all: where they are a whole body, the answer
  /// is 400 when they were not
  record Refused(Rejection rejection, boolean json) implements Decoded {
    public Refused {
      Objects.requireNonNull(rejection, "rejection");
    }

    @Override
    public long index() {
      return rejection.index();
    }
  }
}
