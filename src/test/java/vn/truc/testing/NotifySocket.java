package vn.truc.testing;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// The socket of a service manager, as `NOTIFY_SOCKET` names it: a path, or `@name` for an abstract
/// one.
public final class NotifySocket implements AutoCloseable {
  private static final long WAIT_SECONDS = 60;
  private static final long SILENCE_MILLIS = 100;
  private static final int UNDER_WAY = 50;

  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
  private final Channel channel;

  public NotifySocket(String name) {
    channel =
        new Bootstrap()
            .group(loop)
            .channel(EpollDomainDatagramChannel.class)
            .handler(
                new SimpleChannelInboundHandler<DomainDatagramPacket>() {
                  @Override
                  protected void channelRead0(
                      ChannelHandlerContext context, DomainDatagramPacket packet) {
                    received.add(packet.content().toString(StandardCharsets.UTF_8));
                  }
                })
            .bind(new DomainSocketAddress(name.startsWith("@") ? "\0" + name.substring(1) : name))
            .syncUninterruptibly()
            .channel();
  }

  /// The next datagram.
  public String next() throws InterruptedException {
    String datagram = received.poll(WAIT_SECONDS, TimeUnit.SECONDS);
    if (datagram == null) {
      throw new AssertionError("nothing was told within " + WAIT_SECONDS + " s");
    }
    return datagram;
  }

  /// The next datagram that is not one of those that are repeated.
  public String nextOtherThan(String repeated) throws InterruptedException {
    String datagram = next();
    while (datagram.equals(repeated)) {
      datagram = next();
    }
    return datagram;
  }

  /// Whether it falls silent after a few more, which may be under way.
  public boolean fallsSilent() throws InterruptedException {
    for (int more = 0; more < UNDER_WAY; more++) {
      if (received.poll(SILENCE_MILLIS, TimeUnit.MILLISECONDS) == null) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
