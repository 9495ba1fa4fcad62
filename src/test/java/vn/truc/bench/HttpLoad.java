package vn.truc.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Posts bodies over keep-alive connections, on each always so many at once (pipelined where it is
/// more than one), while it is switched on. Counts the answers 202; any other ends the measurement.
final class HttpLoad implements AutoCloseable {
  private static final byte[] STATUS = "HTTP/1.1 ".getBytes(US_ASCII);

  private final List<Connection> connections = new ArrayList<>();
  private final byte[] head;
  private final Supplier<byte[]> bodies;
  private final int depth;
  private volatile boolean on;
  private volatile long answered;
  private volatile @Nullable String fault;

  /// @param head the lines of the request but its length and its end
  HttpLoad(
      EventLoopGroup loop,
      int port,
      int connectionCount,
      int depth,
      String head,
      Supplier<byte[]> bodies)
      throws InterruptedException {
    this.head = head.getBytes(US_ASCII);
    this.bodies = bodies;
    this.depth = depth;
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(EpollSocketChannel.class)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel.pipeline().addLast(new Connection());
                  }
                });
    for (int i = 0; i < connectionCount; i++) {
      Channel channel = bootstrap.connect("127.0.0.1", port).sync().channel();
      connections.add(channel.pipeline().get(Connection.class));
    }
  }

  /// What a request of events begins with.
  static String eventsHead(String contentType, String key) {
    return "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
        + contentType
        + "\r\nAuthorization: Bearer "
        + key
        + "\r\n";
  }

  /// Answers in so many seconds of load, a second.
  double run(double seconds) throws InterruptedException {
    on = true;
    connections.forEach(Connection::wake);
    long from = answered;
    long began = System.nanoTime();
    java.util.concurrent.locks.LockSupport.parkNanos((long) (seconds * 1e9));
    double rate = (answered - from) * 1e9 / (System.nanoTime() - began);
    on = false;
    // what is under way may end before somebody else is measured
    java.util.concurrent.locks.LockSupport.parkNanos(400_000_000L);
    String failed = fault;
    if (failed != null) {
      throw new IllegalStateException("an answer was not 202: " + failed);
    }
    return rate;
  }

  /// Posts one body on the first connection, whether it is switched on or not.
  void once() {
    connections.getFirst().once();
  }

  @Override
  public void close() {
    connections.forEach(Connection::end);
  }

  private final class Connection extends SimpleChannelInboundHandler<ByteBuf> {
    private @Nullable ChannelHandlerContext context;
    private int waiting;
    private int matched;

    @Override
    public void channelActive(ChannelHandlerContext active) {
      context = active;
    }

    void wake() {
      ChannelHandlerContext active = context;
      if (active != null) {
        active.executor().execute(() -> fill(active));
      }
    }

    void end() {
      ChannelHandlerContext active = context;
      if (active != null) {
        var _ = active.close();
      }
    }

    private void fill(ChannelHandlerContext active) {
      boolean any = false;
      while (on && waiting < depth) {
        write(active);
        any = true;
      }
      if (any) {
        active.flush();
      }
    }

    void once() {
      ChannelHandlerContext active = context;
      if (active != null) {
        write(active);
        active.flush();
      }
    }

    private void write(ChannelHandlerContext active) {
      byte[] body = bodies.get();
      ByteBuf request = active.alloc().directBuffer(head.length + body.length + 32);
      request.writeBytes(head);
      request.writeCharSequence("Content-Length: " + body.length + "\r\n\r\n", US_ASCII);
      request.writeBytes(body);
      var _ = active.write(request, active.voidPromise());
      waiting++;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext active, ByteBuf bytes) {
      int from = bytes.readerIndex();
      int to = bytes.writerIndex();
      for (int at = from; at < to; at++) {
        byte next = bytes.getByte(at);
        if (matched == STATUS.length) {
          matched = 0;
          waiting--;
          answered(next == '2', bytes, at);
        } else if (next == STATUS[matched]) {
          matched++;
        } else {
          matched = next == STATUS[0] ? 1 : 0;
        }
      }
      fill(active);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes it
    private void answered(boolean good, ByteBuf bytes, int at) {
      answered++;
      if (!good) {
        fault = bytes.toString(at, Math.min(300, bytes.writerIndex() - at), US_ASCII);
      }
    }
  }
}
