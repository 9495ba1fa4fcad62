package vn.truc.push;

/// Why the server closes a socket: the code and reason of the WebSocket close frame, and whether
/// the client reconnects by itself (codes 3000-3499 do, 3500-3999 do not).
///
/// Reasons are plain words: a reason that parses as JSON would be read as advice of an older
/// protocol.
public enum CloseCode {
  /// The client closed, or the link broke.
  GONE(3000, "connection closed", true),
  /// The server stops; come back.
  SHUTDOWN(3001, "shutdown", true),
  /// A fault of ours.
  SERVER_ERROR(3004, "internal server error", true),
  /// The token expired and was not refreshed in time.
  EXPIRED(3005, "connection expired", true),
  /// The reader does not read.
  SLOW(3008, "slow", true),
  /// No answer to a ping.
  NO_PONG(3012, "no pong", true),
  /// Too many frames or commands.
  TOO_MANY_REQUESTS(3013, "too many requests", true),
  /// The token never was good, or is another user's.
  INVALID_TOKEN(3500, "invalid token", false),
  /// A frame that breaks the protocol.
  BAD_REQUEST(3501, "bad request", false),
  /// No connect in time.
  STALE(3502, "stale", false),
  /// An encoding of the protocol that is not served.
  NOT_AVAILABLE(3508, "protocol not available", false),
  /// Binary frames on a JSON connection.
  INAPPROPRIATE_PROTOCOL(3506, "inappropriate protocol", false),
  /// A message above the size limit.
  TOO_BIG(1009, "message size limit exceeded", false);

  private final int code;
  private final String reason;
  private final boolean reconnect;

  CloseCode(int code, String reason, boolean reconnect) {
    this.code = code;
    this.reason = reason;
    this.reconnect = reconnect;
  }

  /// The close code on the wire.
  public int code() {
    return code;
  }

  /// The close reason on the wire, below 124 bytes.
  public String reason() {
    return reason;
  }

  /// Whether client SDKs reconnect after it.
  public boolean reconnect() {
    return reconnect;
  }
}
