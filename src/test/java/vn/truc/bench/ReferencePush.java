package vn.truc.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Raw Netty: answers every upgrade and then, fifty times a second, writes one finished frame to
/// every socket.
final class ReferencePush {
  private static final String UPGRADED =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

  private final List<Channel> channels = new ArrayList<>();
  private final ByteBuf frame;

  private ReferencePush(int payloadBytes) {
    ByteBuf made = Unpooled.directBuffer(payloadBytes + 4);
    made.writeByte(0x81).writeByte(126).writeShort(payloadBytes);
    made.writeCharSequence("x".repeat(payloadBytes), US_ASCII);
    frame = Unpooled.unreleasableBuffer(made);
  }

  public static void main(String[] arguments) throws InterruptedException {
    ReferencePush push = new ReferencePush(Integer.parseInt(arguments[0]));
    int rate = Integer.parseInt(arguments[1]);
    EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    Channel server =
        new ServerBootstrap()
            .group(loop)
            .channel(EpollServerSocketChannel.class)
            .option(io.netty.channel.ChannelOption.SO_BACKLOG, 4_096)
            .childHandler(push.accept())
            .bind("127.0.0.1", 0)
            .sync()
            .channel();
    int port = ((InetSocketAddress) server.localAddress()).getPort();
    System.out.println("http://127.0.0.1:" + port + "/");
    var _ =
        loop.next()
            .scheduleWithFixedDelay(
                push::tick, 1_000_000 / rate, 1_000_000 / rate, TimeUnit.MICROSECONDS);
    server.closeFuture().sync();
  }

  private void tick() {
    for (Channel channel : channels) {
      var _ = channel.writeAndFlush(frame.duplicate(), channel.voidPromise());
    }
  }

  private ChannelInitializer<SocketChannel> accept() {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(SocketChannel channel) {
        channel.pipeline().addLast(new Upgrade());
      }
    };
  }

  private final class Upgrade extends SimpleChannelInboundHandler<ByteBuf> {
    private boolean upgraded;

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
      if (!upgraded) {
        upgraded = true;
        var _ = context.writeAndFlush(Unpooled.copiedBuffer(UPGRADED, US_ASCII));
        channels.add(context.channel());
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var _ = context.close(); // the readers of a round went away
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      channels.remove(context.channel());
    }
  }
}
