package vn.truc.http;

import com.sun.management.UnixOperatingSystemMXBean;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.MaxMessagesRecvByteBufAllocator;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.HttpServerConnection;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.loop.Arrivals;

/// Counts the connections of a server and closes those beyond the bound, most of them where they
/// are accepted ([Arrivals]). WebSockets count too: whether a connection becomes one is not known
/// when it comes. Belongs to one event loop.
public final class Connections implements Handler<HttpConnection> {
  /// Open files that are no connections: the log, classes, sockets of our own.
  private static final long FILES_RESERVED = 256;

  private static final long FILES_MIN = 64;

  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

  static {
    // each handshake a client begins again (TLS 1.2) costs us a signature; nobody needs it
    System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
  }

  private final int connectionsMax;
  private final Arrivals arrivals;
  private final Counter refused;
  private final Counter malformed;
  private final Counter cut;
  private final Counter chatter;
  private final UnfinishedHeads heads;
  private final UnreadAnswers unread;
  private int open;

  /// @param options of the server, [#configure] included
  /// @param arrivals of the instance the server is of
  public Connections(
      HttpServerOptions options, HttpSettings settings, MeterRegistry registry, Arrivals arrivals) {
    connectionsMax = openMax(settings.connectionsMax());
    this.arrivals = arrivals;
    unread = new UnreadAnswers(settings.unreadMax(), registry);
    heads = new UnfinishedHeads(options, settings.headBytesTotalMax(), registry);
    refused =
        Counter.builder("truc.http.connections.refused")
            .description("connections closed at once, being too many")
            .register(registry);
    malformed =
        Counter.builder("truc.http.requests.malformed")
            .description("HTTP/1 requests answered 400, 414 or 431 for their framing; then closed")
            .register(registry);
    cut =
        Counter.builder("truc.http.bodies.cut")
            .description("HTTP/1 connections closed after an answer that did not wait for the body")
            .register(registry);
    chatter =
        Counter.builder("truc.http.tls.cut")
            .description("TLS connections closed for asking for new keys again and again")
            .register(registry);
    Gauge.builder("truc.http.connections", () -> open)
        .description("connections open now, WebSockets among them")
        .register(registry);
    Gauge.builder("truc.http.arrivals", arrivals, Arrivals::coming)
        .description("connections accepted and not begun: no TLS handshake has ended yet")
        .register(registry);
    Counter late =
        Counter.builder("truc.http.arrivals.cut")
            .description("connections closed for not beginning, while others waited to come in")
            .register(registry);
    arrivals.bound(
        new Arrivals.Bounds(
            connectionsMax, settings.arrivalsMax(), refused::increment, late::increment));
  }

  /// What the open files of this process allow: at its limit nothing works that opens one.
  private static int openMax(int connectionsMax) {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
      long most = Math.max(FILES_MIN, system.getMaxFileDescriptorCount() - FILES_RESERVED);
      if (most < connectionsMax) {
        LOG.warn(
            "connections_bounded open_files={} connections={} wanted={}",
            system.getMaxFileDescriptorCount(),
            most,
            connectionsMax);
        return Math.toIntExact(most);
      }
    }
    return connectionsMax;
  }

  /// Sets on a server's options that idle connections are closed. A clear connection speaks
  /// HTTP/1.1 alone: one that might turn out to be HTTP/2 would be seen, and counted, only after it
  /// has sent something.
  public static HttpServerOptions configure(HttpServerOptions options, HttpSettings settings) {
    return options
        .setIdleTimeout(settings.idleMillis())
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        .setHttp2ClearTextEnabled(false);
  }

  @Override
  public void handle(HttpConnection connection) {
    if (connection instanceof HttpServerConnection inside) {
      arrivals.arrived(inside.channelHandlerContext().channel());
    }
    if (open >= connectionsMax) {
      refused.increment();
      connection.close();
      return;
    }
    open++;
    if (connection instanceof HttpServerConnection inside) {
      ChannelPipeline pipeline = inside.channelHandlerContext().pipeline();
      // of a connection that has become a WebSocket its own handler hears nothing any more
      pipeline.channel().closeFuture().addListener(_ -> open--);
      if (pipeline.channel().config().getRecvByteBufAllocator()
          instanceof MaxMessagesRecvByteBufAllocator readings) {
        // in a turn of the loop a socket is read once
        readings.maxMessagesPerRead(1);
      }
      TlsChatter.install(pipeline, chatter);
      ConnectionGuard.install(pipeline, malformed, cut, unread);
      heads.install(pipeline, inside.context());
    } else {
      connection.closeHandler(_ -> open--);
    }
  }
}
