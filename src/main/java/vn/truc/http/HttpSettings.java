package vn.truc.http;

/// Bounds of connections.
///
/// @param connectionsMax connections of all kinds, WebSockets among them; one more is closed at
/// once
/// @param idleMillis how long a connection that is no WebSocket may be without a byte before it is
/// closed
/// @param certificateCheckMillis real time between two looks whether the files of certificate and
/// key have changed
public record HttpSettings(int connectionsMax, int idleMillis, int certificateCheckMillis) {
  public HttpSettings {
    require(connectionsMax, "connectionsMax");
    require(idleMillis, "idleMillis");
    require(certificateCheckMillis, "certificateCheckMillis");
  }

  /// What is right for nearly everyone.
  public static HttpSettings defaults() {
    return new HttpSettings(25_000, 75_000, 10_000);
  }

  private static void require(int value, String name) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1: " + value);
    }
  }
}
