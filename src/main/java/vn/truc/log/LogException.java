package vn.truc.log;

/// A log that did not do what was asked; the reason is also the metric label and decides the HTTP
/// answer.
public final class LogException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Why.
  public enum Reason {
    /// The append queue is full: 429, come back later.
    QUEUE_FULL,
    /// The store takes no writes (disk full, failed fsync, store gone): 503. The batch is not in
    /// the log; or, where a connection to the store broke in between, it is there as a whole.
    UNWRITABLE,
    /// The log is closed or closing: 503.
    CLOSED,
    /// Another process has the data folder now.
    OWNED,
    /// The data folder is not this process's to have: somebody else's, or of another store.
    NOT_OWNER,
    /// The stored form is damaged or of a newer version.
    CORRUPT,
    /// A read failed.
    UNREADABLE
  }

  private final Reason reason;

  public LogException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public LogException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
