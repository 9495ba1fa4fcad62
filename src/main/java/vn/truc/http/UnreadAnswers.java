package vn.truc.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/// The HTTP/1 connections whose answers are not read: more lies there than the network takes, 64
/// KiB. Beyond the bound the one that has stood so longest is closed. Belongs to one event loop.
final class UnreadAnswers {
  private final int unreadMax;
  private final Counter cut;

  /// In the order in which they came to stand.
  private final Set<ConnectionGuard> standing = new LinkedHashSet<>();

  UnreadAnswers(int unreadMax, MeterRegistry registry) {
    this.unreadMax = unreadMax;
    cut =
        Counter.builder("truc.http.unread.cut")
            .description("HTTP/1 connections closed because their answers were not read")
            .register(registry);
    Gauge.builder("truc.http.unread", standing::size)
        .description("HTTP/1 connections with more answers than the network takes")
        .register(registry);
  }

  /// One stands, or goes on.
  void note(ConnectionGuard connection, boolean stands) {
    if (!stands) {
      standing.remove(connection);
    } else if (standing.add(connection) && standing.size() > unreadMax) {
      Iterator<ConnectionGuard> oldest = standing.iterator();
      ConnectionGuard first = oldest.next();
      oldest.remove();
      close(first);
    }
  }

  /// One asks on and on and reads nothing.
  void close(ConnectionGuard connection) {
    cut.increment();
    connection.abandon();
  }
}
