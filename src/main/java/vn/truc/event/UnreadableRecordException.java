package vn.truc.event;

/// A record of the log that this version cannot read: an unknown type, a newer schema, or data that
/// does not fit. Readiness stops; it is never skipped.
public final class UnreadableRecordException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UnreadableRecordException(String message) {
    super(message);
  }

  public UnreadableRecordException(String message, Throwable cause) {
    super(message, cause);
  }
}
