package vn.truc.systemd;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the service manager that started this process how far it is, as `sd_notify(3)` and
/// `sd_watchdog_enabled(3)` describe it: datagrams of `NAME=value` lines to the socket named by
/// `NOTIFY_SOCKET`. Without that variable nothing is told.
///
/// ```
/// starting    STATUS, EXTEND_TIMEOUT_USEC, and again every ten seconds
/// ready       READY=1, then WATCHDOG=1 at every half of WATCHDOG_USEC
/// stopping    STOPPING=1
/// ```
///
/// All that is repeated is sent by timers of the event loop: one that hangs falls silent, and the
/// manager acts. What cannot be sent is logged and harms nothing. Belongs to one context.
public final class ServiceManager {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);
  private static final long EXTEND_EVERY_MILLIS = TimeUnit.SECONDS.toMillis(10);
  private static final long EXTEND_MICROS = TimeUnit.SECONDS.toMicros(60);

  private final Vertx vertx;
  private final Optional<ChannelFuture> link;
  private final long watchdogMillis;
  private long timer = -1;

  /// Finds the manager that the environment names, if it names one.
  ///
  /// @param context the one whose event loop is watched
  /// @param pid of this process: a watchdog meant for another is left alone
  public ServiceManager(Context context, Map<String, String> environment, long pid) {
    vertx = context.owner();
    link =
        Optional.ofNullable(environment.get("NOTIFY_SOCKET"))
            .filter(socket -> socket.startsWith("/") || socket.startsWith("@"))
            .map(socket -> connect((ContextInternal) context, socket));
    watchdogMillis = watchdogMillis(environment, pid);
  }

  private static ChannelFuture connect(ContextInternal context, String socket) {
    ChannelFuture link =
        new Bootstrap()
            .group(context.nettyEventLoop())
            .channel(EpollDomainDatagramChannel.class)
            .handler(new ChannelInboundHandlerAdapter())
            .connect(address(socket));
    return link.addListener(
        done -> {
          if (!done.isSuccess()) {
            LOG.warn("notify_failed socket={} cause={}", socket, String.valueOf(done.cause()));
          }
        });
  }

  /// `@` stands for the zero byte that begins the name of an abstract socket.
  private static DomainSocketAddress address(String socket) {
    return new DomainSocketAddress(socket.startsWith("@") ? "\0" + socket.substring(1) : socket);
  }

  /// How often the watchdog is to be told, twice as often as it looks; 0 for never.
  static long watchdogMillis(Map<String, String> environment, long pid) {
    String own = Long.toString(pid);
    if (!environment.getOrDefault("WATCHDOG_PID", own).equals(own)) {
      return 0;
    }
    String micros = environment.getOrDefault("WATCHDOG_USEC", "");
    return micros.matches("[1-9]\\d{0,17}") ? Math.max(1, Long.parseLong(micros) / 2_000) : 0;
  }

  /// The process begins and folds its log. Repeated until it is ready, so that a long fold is not
  /// taken for a start that hangs.
  public void starting() {
    tell("STATUS=starting, folding the log\nEXTEND_TIMEOUT_USEC=" + EXTEND_MICROS);
    repeat(EXTEND_EVERY_MILLIS, "EXTEND_TIMEOUT_USEC=" + EXTEND_MICROS);
  }

  /// The process serves; from now on its event loop must be heard from.
  ///
  /// @param url where it serves
  public void ready(String url) {
    tell("READY=1\nSTATUS=serving " + url);
    repeat(watchdogMillis, "WATCHDOG=1");
  }

  /// The process was told to end.
  public void stopping() {
    tell("STOPPING=1\nSTATUS=stopping");
  }

  /// Tells nothing more.
  public void close() {
    vertx.cancelTimer(timer);
    link.ifPresent(
        opened -> {
          ChannelFuture _ = opened.channel().close();
        });
  }

  /// Repeats one thing in the place of what was repeated before.
  private void repeat(long everyMillis, String lines) {
    vertx.cancelTimer(timer);
    if (link.isPresent() && everyMillis > 0) {
      timer = vertx.setPeriodic(everyMillis, _ -> tell(lines));
    }
  }

  private void tell(String lines) {
    link.ifPresent(opened -> opened.addListener(_ -> send(opened.channel(), lines)));
  }

  /// Sends it unless there is nobody, or a manager that has stopped reading.
  private static void send(Channel channel, String lines) {
    if (channel.isActive() && channel.isWritable()) {
      channel
          .writeAndFlush(Unpooled.copiedBuffer(lines, StandardCharsets.UTF_8))
          .addListener(
              sent -> {
                if (!sent.isSuccess()) {
                  LOG.debug("notify_failed cause={}", String.valueOf(sent.cause()));
                }
              });
    }
  }
}
