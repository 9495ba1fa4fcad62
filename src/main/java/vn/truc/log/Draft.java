package vn.truc.log;

import java.util.Objects;
import java.util.Optional;
import vn.truc.event.LogRecord;

/// A record on its way into the log, with the personal fields that will lie beside it.
public record Draft(LogRecord record, Optional<Personal> personal) {
  public Draft {
    Objects.requireNonNull(record, "record");
    Objects.requireNonNull(personal, "personal");
  }

  /// A record without personal fields.
  public static Draft of(LogRecord record) {
    return new Draft(record, Optional.empty());
  }

  /// Personal fields of one record.
  ///
  /// @param kind the kind of case (`dossier`, `feedback`)
  /// @param code the case code
  /// @param json the fields as one JSON object
  /// @param expiresAtMicros real time after which the engine deletes them, in microseconds since
  /// 1970
  public record Personal(String kind, String code, String json, long expiresAtMicros) {
    public Personal {
      Objects.requireNonNull(kind, "kind");
      Objects.requireNonNull(code, "code");
      Objects.requireNonNull(json, "json");
    }
  }
}
