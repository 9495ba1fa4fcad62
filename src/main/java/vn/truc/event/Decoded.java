package vn.truc.event;

import java.util.Objects;
import java.util.Optional;

/// What became of one event of a request.
public sealed interface Decoded {

  /// Its place in the request, from 0.
  long index();

  /// A sound event.
  ///
  /// @param record the record to append, position 0
  /// @param personal its personal members as one JSON object; they are not in the record
  record Accepted(long index, LogRecord record, Optional<String> personal) implements Decoded {
    public Accepted {
      Objects.requireNonNull(record, "record");
      Objects.requireNonNull(personal, "personal");
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
