package vn.truc.push;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.http.WebSocketInternal;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A Vert.x WebSocket as a link. The one place that knows how finished frames get past Vert.x: they
/// go straight into the Netty pipeline, whose WebSocket encoder lets plain buffers through. Where
/// the socket gives no pipeline, the text goes through the public API instead.
final class SocketLink implements Link {
  /// What closes connections that idle; a socket has pings for that.
  private static final String IDLE = "idle";

  private final ServerWebSocket socket;
  private final @Nullable ChannelHandlerContext pipeline;
  private final Beat beat;
  private final int closeMillis;
  private long unsentBytes;
  private Runnable forget = () -> {};

  SocketLink(ServerWebSocket socket, Beat beat, int closeMillis, boolean direct) {
    this.socket = socket;
    this.beat = beat;
    this.closeMillis = closeMillis;
    this.pipeline =
        direct && socket instanceof WebSocketInternal inside
            ? inside.channelHandlerContext()
            : null;
    if (pipeline != null && pipeline.pipeline().get(IDLE) != null) {
      pipeline.pipeline().remove(IDLE);
    }
  }

  /// Has frames that cannot be taken answered with a close code instead of a cut, and what has not
  /// ended counted.
  ///
  /// @param forget lets go of a message that was begun: the link is cut
  void guard(int frameBytesMax, Consumer<CloseCode> refuse, Arriving arriving, Runnable forget) {
    this.forget = forget;
    if (pipeline != null) {
      FrameGuard.install(pipeline.pipeline(), frameBytesMax, refuse, arriving);
    }
  }

  @Override
  public void write(ByteBuf frame) {
    if (pipeline != null) {
      var _ = pipeline.write(frame, pipeline.voidPromise());
      return;
    }
    int at = TextFrame.payloadAt(frame);
    int length = frame.writerIndex() - at;
    String text = frame.toString(at, length, StandardCharsets.UTF_8);
    frame.release();
    unsentBytes += length;
    socket.writeTextMessage(text).onComplete(_ -> unsentBytes -= length);
  }

  @Override
  public void flush() {
    if (pipeline != null) {
      pipeline.flush();
    }
  }

  @Override
  public long queuedBytes() {
    if (pipeline == null) {
      return unsentBytes;
    }
    ChannelOutboundBuffer queue = pipeline.channel().unsafe().outboundBuffer();
    return queue == null ? 0 : queue.totalPendingWriteBytes();
  }

  @Override
  public void drained(Runnable then) {
    if (pipeline != null) {
      var _ =
          pipeline
              .writeAndFlush(Unpooled.EMPTY_BUFFER)
              .addListener(
                  done -> {
                    if (done.isSuccess()) {
                      beat.inLine(then);
                    }
                  });
    }
  }

  @Override
  public void reading(boolean on) {
    if (on) {
      socket.resume();
    } else {
      socket.pause();
    }
  }

  @Override
  public void close(CloseCode code) {
    flush();
    if (code == CloseCode.SLOW && queuedBytes() > 0) {
      // A close frame would wait behind what nobody reads.
      cut();
      return;
    }
    socket.close((short) code.code(), code.reason());
    if (open()) {
      beat.after(closeMillis, this::cut);
    }
  }

  @Override
  public void cut() {
    if (pipeline != null) {
      var _ = pipeline.close();
      FrameGuard.drop(pipeline.pipeline());
      forget.run();
    }
  }

  private boolean open() {
    return pipeline != null && pipeline.channel().isOpen();
  }
}
