package vn.truc.intake;

import java.util.Objects;
import vn.truc.log.LogException;

/// Events that could not be stored now; sending them again is right and harmless. The reason is
/// also the metric label and decides the HTTP answer.
public final class IntakeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Why.
  public enum Reason {
    /// The sender stalled in the midst of a body: 408.
    BODY_STALLED("body-stalled", 408, 1),
    /// The append queue, or the room for bodies, is full: 429.
    QUEUE_FULL("queue-full", 429, 1),
    /// The store takes no writes: 503.
    UNWRITABLE("unwritable", 503, 5),
    /// The server is stopping: 503.
    CLOSED("closed", 503, 5),
    /// The fold has not caught up with the log: 503.
    CATCHING_UP("catching-up", 503, 1),
    /// The facts are in the log and the fold has stopped before them: 503. Sent again to a node
    /// that folds, they are repeats.
    FOLD_STOPPED("fold-stopped", 503, 5),
    /// The key was taken back while its sender's body was read: 401. Trying again is of no use.
    KEY_REVOKED("key-revoked", 401, 0),
    /// Something that should not happen did: 503.
    FAULT("fault", 503, 5);

    private final String label;
    private final int status;
    private final int retryAfterSeconds;

    Reason(String label, int status, int retryAfterSeconds) {
      this.label = label;
      this.status = status;
      this.retryAfterSeconds = retryAfterSeconds;
    }

    public String label() {
      return label;
    }

    /// The HTTP status.
    public int status() {
      return status;
    }

    /// What `Retry-After` says; 0 where trying again is of no use.
    public int retryAfterSeconds() {
      return retryAfterSeconds;
    }
  }

  private final Reason reason;
  private final transient Receipt receipt;

  /// @param receipt what of the batch was answered all the same: refusals and known repeats
  public IntakeException(Reason reason, String message, Receipt receipt, Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.receipt = Objects.requireNonNull(receipt, "receipt");
  }

  /// The server is stopping.
  static IntakeException closed() {
    return new IntakeException(
        Reason.CLOSED,
        "the server is stopping",
        Receipt.none(),
        new IllegalStateException("stopping"));
  }

  /// The fold has not caught up with the log.
  static IntakeException catchingUp() {
    return catchingUp(new IllegalStateException("catching up"));
  }

  /// The same, seen from what kept it from it.
  public static IntakeException catchingUp(Throwable cause) {
    return new IntakeException(
        Reason.CATCHING_UP, "the fold has not caught up with the log", Receipt.none(), cause);
  }

  /// No room for more bodies; nothing of the batch was taken.
  public static IntakeException noRoom() {
    return new IntakeException(
        Reason.QUEUE_FULL,
        "no room for more bodies",
        Receipt.none(),
        new IllegalStateException("bufferedBytesMax"));
  }

  /// The rest of a body did not come in time.
  public static IntakeException stalled() {
    return new IntakeException(
        Reason.BODY_STALLED,
        "the rest of the body did not come in time",
        Receipt.none(),
        new IllegalStateException("bodyStallMillis, bodyMillisMax"));
  }

  public Reason reason() {
    return reason;
  }

  public Receipt receipt() {
    return receipt;
  }

  /// The reason behind a failed append.
  static Reason of(Throwable cause) {
    if (!(cause instanceof LogException failure)) {
      return Reason.FAULT;
    }
    return switch (failure.reason()) {
      case QUEUE_FULL -> Reason.QUEUE_FULL;
      case UNWRITABLE -> Reason.UNWRITABLE;
      case CLOSED -> Reason.CLOSED;
      case OWNED, NOT_OWNER, CORRUPT, UNREADABLE -> Reason.FAULT;
    };
  }
}
