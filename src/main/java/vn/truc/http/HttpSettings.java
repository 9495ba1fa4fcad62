package vn.truc.http;

import java.util.List;

/// Bounds of connections, and whose word is taken for who is behind one.
///
/// @param connectionsMax connections of all kinds, WebSockets among them; one more is closed at
/// once
/// @param arrivalsMax connections that are accepted and not begun, TLS handshakes above all, about
/// 50 KiB each; while they are as many nobody else is let in, and those whose sender says nothing
/// for 0.3 s are closed
/// @param idleMillis how long a connection that is no WebSocket may be without a byte before it is
/// closed
/// @param headBytesTotalMax memory for the heads of requests that have not ended, over all
/// connections; beyond it the connections whose heads were begun first are closed
/// @param unreadMax HTTP/1 connections with more answers than the network takes, about 64 KiB each;
/// beyond it the one that has stood so longest is closed
/// @param certificateCheckMillis real time between two looks whether the files of certificate and
/// key have changed
/// @param readsRunningMax heavy reads (lists, one case, series, digests) that take turns
/// @param readsWaitingMax heavy reads that wait; one more is 429
/// @param trustedProxies addresses, or ranges as `10.1.0.0/16`, of proxies whose `X-Forwarded-For`,
/// `X-Forwarded-Proto` and `X-Forwarded-Host` are believed
public record HttpSettings(
    int connectionsMax,
    int arrivalsMax,
    int idleMillis,
    int headBytesTotalMax,
    int unreadMax,
    int certificateCheckMillis,
    int readsRunningMax,
    int readsWaitingMax,
    List<String> trustedProxies) {
  public HttpSettings {
    require(connectionsMax, "connectionsMax");
    require(arrivalsMax, "arrivalsMax");
    require(idleMillis, "idleMillis");
    require(headBytesTotalMax, "headBytesTotalMax");
    require(unreadMax, "unreadMax");
    require(certificateCheckMillis, "certificateCheckMillis");
    require(readsRunningMax, "readsRunningMax");
    require(readsWaitingMax, "readsWaitingMax");
    trustedProxies = List.copyOf(trustedProxies);
    List<String> faults = AddressRange.faults(trustedProxies);
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException("trustedProxies: " + String.join("; ", faults));
    }
  }

  /// What is right for nearly everyone.
  public static HttpSettings defaults() {
    return new HttpSettings(25_000, 1_000, 75_000, 16_777_216, 1_000, 10_000, 4, 60, List.of());
  }

  private static void require(int value, String name) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1: " + value);
    }
  }
}
