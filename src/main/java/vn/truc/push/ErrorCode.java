package vn.truc.push;

/// Why a command is refused: the `error` member of its reply. A temporary one is tried again by the
/// client with backoff, any other ends the subscription.
public enum ErrorCode {
  /// A fault of ours, or this node is behind the client.
  INTERNAL(100, "internal server error", true),
  /// There is no such channel or scope.
  UNKNOWN_CHANNEL(102, "unknown channel", false),
  /// The token does not cover the channel.
  PERMISSION_DENIED(103, "permission denied", false),
  /// The connection has the channel already.
  ALREADY_SUBSCRIBED(105, "already subscribed", false),
  /// Too many channels on the connection.
  LIMIT_EXCEEDED(106, "limit exceeded", false),
  /// A malformed name, or a wish that must not be ignored.
  BAD_REQUEST(107, "bad request", false),
  /// Outside the subset.
  NOT_AVAILABLE(108, "not available", false),
  /// The token's time is over: fetch a new one and reconnect.
  TOKEN_EXPIRED(109, "token expired", false),
  /// Too many wait: try again.
  TOO_MANY_REQUESTS(111, "too many requests", true),
  /// The position cannot be recovered, and the client asked to be told so.
  UNRECOVERABLE_POSITION(112, "unrecoverable position", false);

  private final int code;
  private final String message;
  private final boolean temporary;

  ErrorCode(int code, String message, boolean temporary) {
    this.code = code;
    this.message = message;
    this.temporary = temporary;
  }

  /// The code on the wire.
  public int code() {
    return code;
  }

  /// The words on the wire.
  public String message() {
    return message;
  }

  /// Whether the client tries again.
  public boolean temporary() {
    return temporary;
  }
}
