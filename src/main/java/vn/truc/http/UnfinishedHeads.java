package vn.truc.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.LastHttpContent;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import vn.truc.loop.Turns;
import vn.truc.loop.Work;

/// What came of heads of HTTP/1 requests that have not ended, over all connections. Whoever can
/// connect may begin one on each and leave it so; above the bound the connections whose heads were
/// begun first are closed. An honest head comes at once, and is not there long enough to be among
/// them. Who sends many requests in one piece has some of them taken in a turn; the others wait
/// there, and count as begun. Belongs to one event loop.
final class UnfinishedHeads {
  private static final String DECODER = "httpDecoder";

  /// About what a header takes beside its characters.
  private static final int LINE_BYTES = 128;

  /// So many requests of a connection are taken in a turn of the loop.
  private static final int REQUESTS_A_TURN = 16;

  /// Smaller pieces of a body are put together.
  private static final int PIECE_BYTES = 8 * 1024;

  /// What may wait of one connection's requests; beyond it, it is closed.
  private static final int WAITING_BYTES_MAX = 256 * 1024;

  private final HttpServerOptions options;
  private final long bytesMax;
  private final Counter cut;

  /// In the order in which they were begun.
  private final Set<Decoder> begun = new LinkedHashSet<>();

  private long total;

  /// @param options of the server
  /// @param bytesMax for all connections
  UnfinishedHeads(HttpServerOptions options, long bytesMax, MeterRegistry registry) {
    this.options = options;
    this.bytesMax = bytesMax;
    cut =
        Counter.builder("truc.http.heads.cut")
            .description("connections closed because heads of requests that do not end were many")
            .register(registry);
    Gauge.builder("truc.http.heads", () -> total)
        .baseUnit("bytes")
        .description("about the memory of heads of requests that have not ended")
        .register(registry);
  }

  /// Counts a connection's, where it speaks HTTP/1.
  ///
  /// @param turns whose loop it belongs to
  void install(ChannelPipeline pipeline, Context turns) {
    if (pipeline.get(DECODER) instanceof VertxHttpRequestDecoder plain) {
      pipeline.replace(plain, DECODER, new Decoder(turns));
    }
  }

  private void count(Decoder decoder, long bytes) {
    total += bytes - decoder.counted;
    decoder.counted = bytes;
    if (bytes == 0) {
      begun.remove(decoder);
    } else {
      begun.add(decoder);
    }
  }

  private void purge() {
    Iterator<Decoder> oldest = begun.iterator();
    while (total > bytesMax && oldest.hasNext()) {
      Decoder decoder = oldest.next();
      oldest.remove();
      end(decoder);
    }
  }

  private void end(Decoder decoder) {
    total -= decoder.counted;
    decoder.counted = 0;
    decoder.ended = true;
    cut.increment();
    decoder.close();
  }

  /// Reads requests as the server does, and says how much of a head is there.
  private final class Decoder extends VertxHttpRequestDecoder {
    private final Context turns;
    private @Nullable ChannelHandlerContext context;
    private boolean inHead = true;
    private boolean ended;
    private long bytes;
    private long counted;

    /// The lines that came with the piece at hand behind the first request that ended in it.
    private int lines;

    /// Requests taken in this turn.
    private int taken;

    /// Whether others wait for the next, and have asked for it.
    private boolean waiting;

    private boolean asked;

    Decoder(Context turns) {
      super(options);
      this.turns = turns;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
      this.context = context;
      lines = -1;
      if (inHead && message instanceof ByteBuf read) {
        bytes += read.readableBytes() + (long) LINE_BYTES * lines(read);
      }
      super.channelRead(context, message);
      if (ended) {
        return;
      }
      ByteBuf rest = internalBuffer();
      if (waiting && rest.readableBytes() > WAITING_BYTES_MAX) {
        begun.remove(this);
        end(this);
        return;
      }
      // a buffer once made for much may hold little
      boolean some = inHead && (bytes > 0 || rest.isReadable());
      count(this, some ? Math.max(bytes, rest.isReadable() ? rest.capacity() : 0) : 0);
      purge();
      if (waiting && !asked && !ended) {
        asked = true;
        Turns.next(turns, Work.READS, this::goOn);
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
      taken = waiting ? taken : 0;
      super.channelReadComplete(context);
    }

    /// The next turn has come.
    private void goOn() {
      asked = false;
      waiting = false;
      taken = 0;
      ChannelHandlerContext own = context;
      if (ended || own == null) {
        return;
      }
      try {
        channelRead(own, Unpooled.EMPTY_BUFFER);
        channelReadComplete(own);
      } catch (Exception fault) {
        own.fireExceptionCaught(fault);
      }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf buffer, List<Object> out)
        throws Exception {
      if (inHead && taken >= REQUESTS_A_TURN) {
        waiting = buffer.isReadable();
        return;
      }
      int before = out.size();
      super.decode(context, buffer, out);
      if (out.size() == before + 1 && isPiece(out.getLast()) && buffer.isReadable()) {
        pieces(context, buffer, out);
      }
      for (Object message : out.subList(Math.min(before, out.size()), out.size())) {
        if (message instanceof HttpMessage) {
          inHead = false;
          bytes = 0;
        }
        if (message instanceof LastHttpContent) {
          inHead = true;
          taken++;
          bytes = behind(buffer);
        }
      }
    }

    /// Small pieces of a body that came together are passed on as one: each of them would cost what
    /// it costs to handle a whole buffer.
    private void pieces(ChannelHandlerContext context, ByteBuf buffer, List<Object> out)
        throws Exception {
      int first = out.size() - 1;
      int pieceBytes = ((HttpContent) out.getLast()).content().readableBytes();
      while (pieceBytes < PIECE_BYTES && buffer.isReadable()) {
        int had = out.size();
        int left = buffer.readableBytes();
        super.decode(context, buffer, out);
        if (out.size() > had) {
          if (!isPiece(out.getLast())) {
            break;
          }
          pieceBytes += ((HttpContent) out.getLast()).content().readableBytes();
        } else if (buffer.readableBytes() == left) {
          break;
        }
      }
      int behind = isPiece(out.getLast()) ? out.size() : out.size() - 1;
      if (behind - first > 1) {
        ByteBuf whole = context.alloc().buffer(pieceBytes);
        for (Object piece : out.subList(first, behind)) {
          ByteBuf content = ((HttpContent) piece).content();
          whole.writeBytes(content);
          content.release();
        }
        out.subList(first + 1, behind).clear();
        out.set(first, new DefaultHttpContent(whole));
      }
    }

    private static boolean isPiece(Object message) {
      return message instanceof HttpContent content
          && !(message instanceof LastHttpContent)
          && !(message instanceof HttpMessage)
          && content.decoderResult().isSuccess();
    }

    /// What lies behind a whole request belongs to the next. Its lines are looked for once in a
    /// piece, however many requests end in it, so they may be too many, never too few.
    private long behind(ByteBuf buffer) {
      if (!buffer.isReadable()) {
        return 0;
      }
      if (lines < 0) {
        lines = lines(buffer);
      }
      int left = buffer.readableBytes();
      return left + (long) LINE_BYTES * Math.min(lines, left / 2);
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) throws Exception {
      super.handlerRemoved0(context);
      ended = true;
      count(this, 0);
    }

    private static int lines(ByteBuf buffer) {
      int from = buffer.readerIndex();
      int end = buffer.writerIndex();
      int found = 0;
      while (from < end) {
        int line = buffer.indexOf(from, end, (byte) '\n');
        if (line < 0) {
          break;
        }
        found++;
        from = line + 1;
      }
      return found;
    }

    /// Ends the connection and lets go of the head at once: the loop may come to a closed
    /// connection's end only after thousands of others, and answers nobody reads hold nothing up.
    void close() {
      ChannelHandlerContext own = context;
      if (own != null) {
        ConnectionGuard guard = own.pipeline().get(ConnectionGuard.class);
        if (guard != null) {
          guard.cut();
        }
        var _ = own.close();
        own.pipeline().remove(this);
      }
    }
  }
}
