package vn.truc.http;

import io.micrometer.core.instrument.Counter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Keeps an HTTP/1 connection to what its requests announce, and ends it where nobody wants the
/// rest of a body.
///
/// An answer that begins before its request's body has ended is the connection's last: it says
/// `Connection: close`, no later request is taken, and after it our half is closed. Its sender is
/// then read, and not kept, for a moment: were the socket closed at once, the bytes on their way
/// would make the system reset the connection, and the answer be lost. That moment is bounded in
/// time and in bytes.
final class ConnectionGuard extends ChannelDuplexHandler {
  /// What is still read after the last answer.
  static final int LINGER_BYTES = 256 * 1024;

  /// How long is read after the last answer.
  static final long LINGER_MILLIS = 1_000;

  /// What waits of a connection's requests, heads and pieces of bodies, while its answers are not
  /// read.
  private static final int PARKED_MAX = 64;

  private static final String NAME = "truc-http";
  private static final String CODEC = "httpEncoder";

  private final Counter malformed;
  private final Counter cut;

  /// A request whose body may have come with its head: that is known at the next message.
  private @Nullable HttpRequest held;

  /// Requests taken, and those whose answer has begun.
  private long received;

  private long answered;

  /// Whether the body of the request taken last goes on.
  private boolean bodyComing;

  /// Whether that request is of a kind that reads none, and how many bytes of it came.
  private boolean unwanted;

  private long unwantedBytes;

  /// Nothing that comes in is passed on any more.
  private boolean deaf;

  /// The answer under way is the connection's last.
  private boolean last;

  /// The last answer is written as a whole, or even sent.
  private boolean ending;

  private boolean lingering;
  private @Nullable Future<?> patience;

  /// Requests, and what belongs to them, that wait until answers are read.
  private final Deque<Object> parked = new ArrayDeque<>(0);

  private final UnreadAnswers unread;
  private @Nullable ChannelHandlerContext own;

  private ConnectionGuard(Counter malformed, Counter cut, UnreadAnswers unread) {
    this.malformed = malformed;
    this.cut = cut;
    this.unread = unread;
  }

  /// Guards a connection where it speaks HTTP/1.
  static void install(
      ChannelPipeline pipeline, Counter malformed, Counter cut, UnreadAnswers unread) {
    if (pipeline.get(CODEC) != null) {
      pipeline.addAfter(CODEC, NAME, new ConnectionGuard(malformed, cut, unread));
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    own = context;
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    own = null;
    unread.note(this, false);
    parked.forEach(ReferenceCountUtil::release);
    parked.clear();
  }

  /// A request is answered when the answers before it are read; who asks on without reading is told
  /// nothing more.
  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    boolean waits = !parked.isEmpty() || (message instanceof HttpRequest && !writable(context));
    if (deaf || !waits) {
      taken(context, message);
    } else if (parked.size() < PARKED_MAX) {
      parked.add(message);
    } else {
      ReferenceCountUtil.release(message);
      unread.close(this);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    boolean writable = context.channel().isWritable();
    unread.note(this, !writable);
    context.fireChannelWritabilityChanged();
    boolean goesOn = writable && !parked.isEmpty();
    while (!parked.isEmpty()
        && (!(parked.peek() instanceof HttpRequest) || context.channel().isWritable())) {
      taken(context, parked.remove());
    }
    if (goesOn) {
      release(context);
      context.fireChannelReadComplete();
    }
  }

  /// Whether the network takes answers: those that only wait for the end of this reading are handed
  /// to it first.
  private static boolean writable(ChannelHandlerContext context) {
    if (!context.channel().isWritable()) {
      context.flush();
    }
    return context.channel().isWritable();
  }

  private void taken(ChannelHandlerContext context, Object message) {
    if (deaf) {
      ReferenceCountUtil.release(message);
    } else if (message instanceof HttpRequest request) {
      head(request);
      if (bodyComing && !deaf) {
        held = request;
      } else {
        context.fireChannelRead(message);
      }
    } else if (message instanceof HttpContent content) {
      body(context, content);
    } else {
      context.fireChannelRead(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    release(context);
    context.fireChannelReadComplete();
  }

  private void release(ChannelHandlerContext context) {
    HttpRequest request = held;
    if (request != null) {
      held = null;
      context.fireChannelRead(request);
    }
  }

  private void head(HttpRequest request) {
    received++;
    unwanted = !request.method().equals(HttpMethod.POST);
    unwantedBytes = 0;
    bodyComing = RequestHeads.hasBody(request);
    Throwable unread = request.decoderResult().cause();
    boolean tooLong = unread instanceof TooLongFrameException;
    if (!tooLong && (unread == null || !request.headers().isEmpty())) {
      Optional<String> fault = RequestHeads.fault(request);
      fault.ifPresent(
          detail ->
              request.setDecoderResult(
                  DecoderResult.failure(new RequestHeads.FaultException(detail))));
    }
    if (!request.decoderResult().isSuccess()) {
      // where it ends is not known, so nothing behind it is read
      malformed.increment();
      bodyComing = true;
      deaf = true;
    }
  }

  private void body(ChannelHandlerContext context, HttpContent content) {
    boolean framed = content.decoderResult().isSuccess();
    if (framed && content instanceof LastHttpContent) {
      bodyComing = false;
    }
    release(context);
    if (deaf && bodyComing) {
      // its answer began at once, and is the last
      content.release();
      return;
    }
    if (!framed) {
      broken(context, content);
      return;
    }
    if (unwanted) {
      unwantedBytes += content.content().readableBytes();
      if (unwantedBytes > LINGER_BYTES && bodyComing) {
        // its answer is being made; until then it is not read
        deaf = true;
        context.channel().config().setAutoRead(false);
      }
    }
    context.fireChannelRead(content);
  }

  /// A body that is not framed as announced: answered here where no answer has begun and none
  /// before it is due, for the request's own handler only learns that the sender is gone.
  private void broken(ChannelHandlerContext context, HttpContent content) {
    malformed.increment();
    deaf = true;
    if (answered == received - 1 && !last) {
      answered++;
      last = true;
      ByteBuf text =
          Unpooled.copiedBuffer(
              Problem.of(400, "the body is not framed as its head announced").json().encode(),
              StandardCharsets.UTF_8);
      DefaultFullHttpResponse answer =
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.BAD_REQUEST, text);
      answer
          .headers()
          .set(HttpHeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE)
          .set(HttpHeaderNames.CONTENT_LENGTH, text.readableBytes())
          .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      ending = true;
      context.writeAndFlush(answer).addListener(_ -> linger(context));
    } else if (!last) {
      last = true;
      linger(context);
    }
    context.fireChannelRead(content);
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (message instanceof HttpResponse response) {
      if (ending) {
        ReferenceCountUtil.release(message);
        promise.tryFailure(new IllegalStateException("the connection ends"));
        return;
      }
      if (response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
        var _ = context.write(message, promise);
        context.pipeline().remove(this);
        return;
      }
      if (response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
        var _ = context.write(message, promise);
        return;
      }
      begun(response);
    }
    if (last && message instanceof LastHttpContent) {
      ending = true;
      ChannelPromise told = promise.unvoid();
      told.addListener(_ -> linger(context));
      var _ = context.write(message, told);
    } else {
      var _ = context.write(message, promise);
    }
  }

  private void begun(HttpResponse response) {
    answered++;
    if (bodyComing && answered == received) {
      cut.increment();
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    if (response.headers().contains(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true)) {
      last = true;
      deaf = deaf || answered == received;
    }
  }

  /// Waits for the end of the last answer and of the moment after it.
  @Override
  public void close(ChannelHandlerContext context, ChannelPromise promise) {
    if (!ending || !context.channel().isActive()) {
      var _ = context.close(promise);
    } else if (!promise.isVoid()) {
      context.channel().closeFuture().addListener(_ -> promise.trySuccess());
    }
  }

  private void linger(ChannelHandlerContext context) {
    Channel channel = context.channel();
    if (lingering || !channel.isActive()) {
      return;
    }
    lingering = true;
    ending = true;
    deaf = true;
    SslHandler tls = context.pipeline().get(SslHandler.class);
    if (tls != null) {
      tls.closeOutbound().addListener(_ -> shut(channel));
    } else {
      shut(channel);
    }
    context.pipeline().addFirst(new Rest(context));
    patience =
        context.executor().schedule(() -> end(context), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    channel.config().setAutoRead(true);
    channel.read();
  }

  /// Nothing that comes is passed on any more: the connection ends without an answer.
  void cut() {
    deaf = true;
  }

  /// Ends the connection, whatever of its answers was not read.
  void abandon() {
    deaf = true;
    ChannelHandlerContext context = own;
    if (context != null) {
      var _ = context.close();
    }
  }

  private static void shut(Channel channel) {
    if (channel instanceof DuplexChannel duplex && !duplex.isOutputShutdown()) {
      var _ = duplex.shutdownOutput();
    }
  }

  private static void end(ChannelHandlerContext context) {
    var _ = context.close();
  }

  /// A client that goes is nothing to tell of: its end is seen as that of any connection.
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof IOException) {
      deaf = true;
      var _ = context.close();
    } else {
      context.fireExceptionCaught(cause);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (patience != null) {
      patience.cancel(false);
    }
    context.fireChannelInactive();
  }

  /// Drops what is still on its way, as it comes from the socket.
  private static final class Rest extends ChannelInboundHandlerAdapter {
    private final ChannelHandlerContext guard;
    private long bytes;

    Rest(ChannelHandlerContext guard) {
      this.guard = guard;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof ByteBuf some) {
        bytes += some.readableBytes();
      }
      ReferenceCountUtil.release(message);
      if (bytes > LINGER_BYTES) {
        end(guard);
      }
    }
  }
}
