package vn.truc.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/// Many WebSocket readers that look at nothing but the heads of frames, so that reading stays
/// cheaper than writing.
final class SocketLoad implements AutoCloseable {
  private static final String UPGRADE =
      String.join(
          "\r\n",
          "GET /connection/websocket HTTP/1.1",
          "Host: localhost",
          "Upgrade: websocket",
          "Connection: Upgrade",
          "Sec-WebSocket-Version: 13",
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
          "",
          "");
  private static final long ANSWER_NANOS_MAX = 20_000_000_000L;
  private static final int PING_BYTES = 2;
  private static final int CONNECTS_BETWEEN_WAITS = 100;

  private final List<Channel> channels = new ArrayList<>();
  private final String hello;
  private volatile long frames;
  private volatile long payloadBytes;
  private volatile int answered;

  /// @param hello the text sent once the upgrade is answered; empty for none
  SocketLoad(EventLoopGroup loop, int port, int count, String hello) throws InterruptedException {
    this.hello = hello;
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(EpollSocketChannel.class)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel.pipeline().addLast(new Reader());
                  }
                });
    for (int i = 0; i < count; i++) {
      Channel channel = bootstrap.connect("127.0.0.1", port).sync().channel();
      channels.add(channel);
      var _ = channel.writeAndFlush(Unpooled.copiedBuffer(UPGRADE, UTF_8));
      if (i % CONNECTS_BETWEEN_WAITS == 0) {
        java.util.concurrent.locks.LockSupport.parkNanos(10_000_000L);
      }
    }
  }

  /// Waits until every socket got its first frame, and a moment longer.
  void await() {
    long until = System.nanoTime() + ANSWER_NANOS_MAX;
    while (answered < channels.size()) {
      if (System.nanoTime() > until) {
        throw new IllegalStateException(answered + " of " + channels.size() + " sockets answered");
      }
      java.util.concurrent.locks.LockSupport.parkNanos(50_000_000L);
    }
    java.util.concurrent.locks.LockSupport.parkNanos(300_000_000L);
  }

  /// Frames all sockets received so far.
  long frames() {
    return frames;
  }

  /// Payload bytes of them.
  long payloadBytes() {
    return payloadBytes;
  }

  @Override
  public void close() {
    for (Channel channel : channels) {
      var _ = channel.close();
    }
  }

  /// A masked text frame, the mask being zero.
  static ByteBuf masked(String text) {
    byte[] payload = text.getBytes(UTF_8);
    ByteBuf frame = Unpooled.buffer(payload.length + 8);
    frame.writeByte(0x81);
    if (payload.length < 126) {
      frame.writeByte(0x80 | payload.length);
    } else {
      frame.writeByte(0x80 | 126).writeShort(payload.length);
    }
    return frame.writeInt(0).writeBytes(payload);
  }

  private final class Reader extends SimpleChannelInboundHandler<ByteBuf> {
    private boolean upgraded;
    private boolean seen;
    private int endOfHead;
    private int skip;
    private final ByteBuf head = Unpooled.buffer(16);

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
      while (!upgraded && bytes.isReadable()) {
        byte next = bytes.readByte();
        endOfHead = next == '\r' || next == '\n' ? endOfHead + 1 : 0;
        if (endOfHead == 4) {
          upgraded = true;
          if (!hello.isEmpty()) {
            var _ = context.writeAndFlush(masked(hello));
          }
        }
      }
      while (bytes.isReadable()) {
        if (skip > 0) {
          int taken = Math.min(skip, bytes.readableBytes());
          bytes.skipBytes(taken);
          skip -= taken;
        } else {
          head.writeByte(bytes.readByte());
          frame(context);
        }
      }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes them
    private void frame(ChannelHandlerContext context) {
      if (head.writerIndex() < 2) {
        return;
      }
      int length = head.getByte(1) & 0x7f;
      int size = length < 126 ? 2 : length == 126 ? 4 : 10;
      if (head.writerIndex() < size) {
        return;
      }
      skip = length < 126 ? length : length == 126 ? head.getUnsignedShort(2) : head.getInt(6);
      head.clear();
      if (skip == PING_BYTES) {
        var _ = context.writeAndFlush(masked("{}"));
        return;
      }
      if (!seen) {
        seen = true;
        answered++;
      }
      frames++;
      payloadBytes += skip;
    }
  }
}
