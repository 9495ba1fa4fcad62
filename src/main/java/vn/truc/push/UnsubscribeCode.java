package vn.truc.push;

/// Why the server ends one subscription: the `unsubscribe` push. From 2500 on the client subscribes
/// again at once, with its position; below, the subscription ends.
public enum UnsubscribeCode {
  /// The channel's topic or scope is not in the configuration any more.
  UNKNOWN_CHANNEL(2102, "unknown channel", false),
  /// The token in force, or the configuration in force, no longer lets the user read the channel.
  PERMISSION_DENIED(2103, "permission denied", false),
  /// The client fell behind the ring and shall recover.
  INSUFFICIENT_STATE(2500, "insufficient state", true);

  private final int code;
  private final String reason;
  private final boolean resubscribe;

  UnsubscribeCode(int code, String reason, boolean resubscribe) {
    this.code = code;
    this.reason = reason;
    this.resubscribe = resubscribe;
  }

  /// The code on the wire.
  public int code() {
    return code;
  }

  /// The reason on the wire.
  public String reason() {
    return reason;
  }

  /// Whether the client subscribes again by itself.
  public boolean resubscribe() {
    return resubscribe;
  }
}
