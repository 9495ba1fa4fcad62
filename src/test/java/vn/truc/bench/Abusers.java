package vn.truc.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// A crowd that wants more than its share, all at once, for as long as its standard input is open:
///
/// - facts of one dossier that goes to and fro, thousands in a body;
/// - facts that each bring texts never seen before;
/// - a hundred readers that ask for lists of cases without a pause;
/// - viewers that ask for hundreds of channels again and again and read nothing;
/// - subscribers that wait for a position the log will not reach;
/// - pages that ask for all that was missed in sixty feeds, in one frame;
/// - bodies without a key that come a byte at a time and never end.
///
/// Who is thrown out comes again half a second later. Arguments: the port, the log's epoch, a file
/// with agencies, a source key of `/abuse`, a token. At the end one line for each kind: answers by
/// status, and how often one of them was thrown out.
public final class Abusers {
  private static final String SOURCE = "/abuse";
  private static final int LINES = 2_000;
  private static final long AGAIN_MILLIS = 500;

  private final MultiThreadIoEventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final Map<String, Kind> kinds = new TreeMap<>();
  private final AtomicLong next = new AtomicLong();
  private final int port;

  private Abusers(int port) {
    this.port = port;
  }

  /// What one kind of them saw.
  private static final class Kind {
    private final Map<String, Long> answers = new TreeMap<>();
    private long thrownOut;
  }

  /// How one of them behaves on a new connection.
  private interface Manners {
    /// Begins.
    void begin(ChannelHandlerContext context, Kind kind);

    /// Bytes came.
    default void read(ChannelHandlerContext context, Kind kind, ByteBuf bytes) {}
  }

  /// Entry point.
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Abusers abusers = new Abusers(Integer.parseInt(arguments[0]));
    String epoch = arguments[1];
    List<String> agencies =
        Files.readAllLines(Path.of(arguments[2])).stream()
            .map(String::strip)
            .filter(line -> line.startsWith("- {id: "))
            .map(line -> line.substring("- {id: ".length(), line.indexOf(',')))
            .toList();
    String key = arguments[3];
    String token = arguments[4];
    String ndjson = HttpLoad.eventsHead("application/x-ndjson", key);
    abusers.many("one dossier", 2, () -> abusers.asking(() -> posted(ndjson, abusers.dossier())));
    abusers.many("new texts", 2, () -> abusers.asking(() -> posted(ndjson, abusers.texts())));
    String list =
        "GET /api/v1/cases?kind=dossier&limit=1000 HTTP/1.1\r\nHost: localhost\r\n"
            + "Authorization: Bearer "
            + token
            + "\r\n\r\n";
    abusers.many("lists", 100, () -> abusers.asking(() -> Unpooled.copiedBuffer(list, UTF_8)));
    String hello = "{\"id\":1,\"connect\":{\"token\":\"" + token + "\"}}";
    abusers.many("deaf viewers", 400, () -> new Deaf(hello, deafAsks(agencies)));
    abusers.many("waiting subscribers", 60, () -> new Socket(hello + waiting(agencies, epoch)));
    abusers.many("sixty feeds", 20, () -> new Socket(hello + feeds(agencies, epoch)));
    abusers.many("endless bodies", 25, Drip::new);
    while (System.in.read() >= 0) {
      // until told to go, by the end of the input
    }
    abusers.kinds.forEach(
        (name, kind) ->
            System.out.println(
                name + ": " + kind.answers + ", thrown out " + kind.thrownOut + " times"));
    System.out.flush();
    System.exit(0);
  }

  private void many(String name, int count, Supplier<Manners> manners) {
    Kind kind = new Kind();
    kinds.put(name, kind);
    for (int i = 0; i < count; i++) {
      connect(kind, manners);
    }
  }

  private void connect(Kind kind, Supplier<Manners> manners) {
    Manners one = manners.get();
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(EpollSocketChannel.class)
            .option(ChannelOption.SO_RCVBUF, 16_384)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel.pipeline().addLast(new Guest(kind, one));
                  }
                });
    var _ =
        bootstrap
            .connect("127.0.0.1", port)
            .addListener(
                (io.netty.channel.ChannelFuture made) -> {
                  Channel channel = made.channel();
                  channel
                      .closeFuture()
                      .addListener(
                          _ -> {
                            kind.thrownOut++;
                            var _ =
                                loop.schedule(
                                    () -> connect(kind, manners),
                                    AGAIN_MILLIS,
                                    TimeUnit.MILLISECONDS);
                          });
                });
  }

  private static ByteBuf posted(String head, byte[] body) {
    return Unpooled.wrappedBuffer(
        (head + "Content-Length: " + body.length + "\r\n\r\n").getBytes(UTF_8), body);
  }

  private byte[] dossier() {
    StringBuilder body = new StringBuilder(LINES * 260);
    long dossier = next.incrementAndGet();
    for (int i = 0; i < LINES; i++) {
      fact(body, "H60.ABUSE." + dossier, i, "\"status\":" + (i % 2 == 0 ? 4 : 9));
    }
    return body.toString().getBytes(UTF_8);
  }

  private byte[] texts() {
    StringBuilder body = new StringBuilder(LINES * 300);
    for (int i = 0; i < LINES; i++) {
      long text = next.incrementAndGet();
      fact(
          body,
          "H60.TEXT." + text,
          0,
          "\"status\":1,\"agency\":\"a%d\",\"area\":\"b%d\",\"field\":\"c%d\",\"procedure\":\"d%d\""
              .formatted(text, text, text, text));
    }
    return body.toString().getBytes(UTF_8);
  }

  private static void fact(StringBuilder body, String code, int number, String data) {
    int day = 1 + number % 28;
    body.append("{\"specversion\":\"1.0\",\"type\":\"vn.ioc.dossier.status\",\"source\":\"")
        .append(SOURCE)
        .append("\",\"id\":\"")
        .append(code)
        .append('-')
        .append(number)
        .append("\",\"subject\":\"")
        .append(code)
        .append(
            "\",\"time\":\"2026-%02d-%02dT%02d:00:00Z"
                .formatted(1 + number / 28 % 10, day, number / 280 % 24))
        .append("\",\"data\":{")
        .append(data)
        .append("}}\n");
  }

  private static String deafAsks(List<String> agencies) {
    StringBuilder asks = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      asks.append(subscribe(2 + i, "dossier:" + agencies.get(i % agencies.size()), ""));
      asks.append("\n{\"id\":")
          .append(1_000 + i)
          .append(",\"unsubscribe\":{\"channel\":\"dossier:")
          .append(agencies.get(i % agencies.size()))
          .append("\"}}");
    }
    return asks.substring(1);
  }

  private static String waiting(List<String> agencies, String epoch) {
    StringBuilder asks = new StringBuilder();
    for (int i = 0; i < Math.min(250, agencies.size()); i++) {
      asks.append(
          subscribe(
              2 + i,
              "feed:" + agencies.get(i),
              ",\"recover\":true,\"offset\":9000000000,\"epoch\":\"" + epoch + "\""));
    }
    return asks.toString();
  }

  private static String feeds(List<String> agencies, String epoch) {
    StringBuilder asks = new StringBuilder();
    for (int i = 0; i < Math.min(60, agencies.size()); i++) {
      asks.append(
          subscribe(
              2 + i,
              "feed:" + agencies.get(i),
              ",\"recover\":true,\"offset\":1,\"epoch\":\"" + epoch + "\""));
    }
    return asks.toString();
  }

  private static String subscribe(int id, String channel, String more) {
    return "\n{\"id\":" + id + ",\"subscribe\":{\"channel\":\"" + channel + "\"" + more + "}}";
  }

  private Manners asking(Supplier<ByteBuf> requests) {
    return new Asking(requests);
  }

  /// Asks again as soon as it was answered.
  private record Asking(Supplier<ByteBuf> requests) implements Manners {
    @Override
    public void begin(ChannelHandlerContext context, Kind kind) {
      var _ = context.writeAndFlush(requests.get());
    }

    @Override
    public void read(ChannelHandlerContext context, Kind kind, ByteBuf bytes) {
      // one answer is under way at a time, so its head begins what comes after a request
      if (bytes.readableBytes() > 12 && bytes.getByte(bytes.readerIndex()) == 'H') {
        kind.answers.merge(bytes.toString(bytes.readerIndex() + 9, 3, UTF_8), 1L, Long::sum);
        var _ =
            context
                .executor()
                .schedule(
                    () -> {
                      var _ = context.writeAndFlush(requests.get());
                    },
                    10,
                    TimeUnit.MILLISECONDS);
      }
    }
  }

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

  /// Says all it has to say in one frame, reads what comes for two seconds, and comes again.
  private static final class Socket implements Manners {
    private final String says;
    private boolean said;

    Socket(String says) {
      this.says = says;
    }

    @Override
    public void begin(ChannelHandlerContext context, Kind kind) {
      var _ = context.writeAndFlush(Unpooled.copiedBuffer(UPGRADE, UTF_8));
    }

    @Override
    public void read(ChannelHandlerContext context, Kind kind, ByteBuf bytes) {
      if (!said) {
        said = true;
        kind.answers.merge(bytes.toString(bytes.readerIndex() + 9, 3, UTF_8), 1L, Long::sum);
        var _ = context.writeAndFlush(SocketLoad.masked(says));
        var _ =
            context
                .executor()
                .schedule(
                    () -> {
                      var _ = context.close();
                    },
                    2,
                    TimeUnit.SECONDS);
      }
    }
  }

  /// Asks twice a second for much and reads nothing.
  private static final class Deaf implements Manners {
    private final String hello;
    private final String asks;
    private boolean upgraded;

    Deaf(String hello, String asks) {
      this.hello = hello;
      this.asks = asks;
    }

    @Override
    public void begin(ChannelHandlerContext context, Kind kind) {
      var _ = context.writeAndFlush(Unpooled.copiedBuffer(UPGRADE, UTF_8));
    }

    @Override
    public void read(ChannelHandlerContext context, Kind kind, ByteBuf bytes) {
      if (!upgraded) {
        upgraded = true;
        kind.answers.merge(bytes.toString(bytes.readerIndex() + 9, 3, UTF_8), 1L, Long::sum);
        context.channel().config().setAutoRead(false);
        var _ = context.writeAndFlush(SocketLoad.masked(hello));
        var _ =
            context
                .executor()
                .scheduleAtFixedRate(
                    () -> {
                      if (context.channel().isWritable()) {
                        var _ = context.writeAndFlush(SocketLoad.masked(asks));
                      }
                    },
                    100,
                    500,
                    TimeUnit.MILLISECONDS);
      }
    }
  }

  /// A body that nobody wants, without an end.
  private static final class Drip implements Manners {
    @Override
    public void begin(ChannelHandlerContext context, Kind kind) {
      var _ =
          context.writeAndFlush(
              Unpooled.copiedBuffer(
                  HttpLoad.eventsHead("application/json", "nobody")
                      + "Content-Length: 1000000000\r\n\r\n",
                  UTF_8));
      var _ =
          context
              .executor()
              .scheduleAtFixedRate(
                  () -> {
                    if (context.channel().isActive()) {
                      var _ = context.writeAndFlush(Unpooled.copiedBuffer("x", UTF_8));
                    }
                  },
                  100,
                  100,
                  TimeUnit.MILLISECONDS);
    }

    @Override
    public void read(ChannelHandlerContext context, Kind kind, ByteBuf bytes) {
      kind.answers.merge(bytes.toString(bytes.readerIndex() + 9, 3, UTF_8), 1L, Long::sum);
    }
  }

  private static final class Guest extends SimpleChannelInboundHandler<ByteBuf> {
    private final Kind kind;
    private final Manners manners;

    Guest(Kind kind, Manners manners) {
      this.kind = kind;
      this.manners = manners;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      manners.begin(context, kind);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
      manners.read(context, kind, bytes);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var _ = context.close();
    }
  }
}
