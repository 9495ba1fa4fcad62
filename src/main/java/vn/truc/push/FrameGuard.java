package vn.truc.push;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.function.Consumer;

/// Tells the sender of a frame that cannot be taken why the connection ends.
///
/// Netty's decoder closes the socket at once on such a frame; bytes still on their way then make
/// the system reset the connection, and the close frame is lost. Here the decoder only gives up:
/// whatever else comes is read and dropped, nothing of it is kept, until the close handshake ends.
/// A frame is judged by the length it announces, before its bytes are taken.
final class FrameGuard extends ChannelInboundHandlerAdapter {
  private static final String DECODER = "truc-decoder";

  private final Consumer<CloseCode> refuse;
  private boolean dropping;

  private final Arriving arriving;

  private FrameGuard(Consumer<CloseCode> refuse, Arriving arriving) {
    this.refuse = refuse;
    this.arriving = arriving;
  }

  /// Puts one into the pipeline of an upgraded socket.
  ///
  /// @param refuse ends the connection with a code, with a close frame
  /// @param arriving counts what has not ended
  static void install(
      ChannelPipeline pipeline, int frameBytesMax, Consumer<CloseCode> refuse, Arriving arriving) {
    WebSocket13FrameDecoder decoder = pipeline.get(WebSocket13FrameDecoder.class);
    if (decoder == null) {
      return;
    }
    WebSocketDecoderConfig patient =
        WebSocketDecoderConfig.newBuilder()
            .maxFramePayloadLength(frameBytesMax)
            .allowExtensions(false)
            .closeOnProtocolViolation(false)
            .build();
    pipeline.addAfter(
        pipeline.context(decoder).name(), "truc-guard", new FrameGuard(refuse, arriving));
    pipeline.replace(decoder, DECODER, new FrameDecoder(patient, arriving));
  }

  /// Lets go of what the decoder holds, at once: the loop may come to a closed connection's end
  /// only after thousands of others.
  static void drop(ChannelPipeline pipeline) {
    FrameGuard guard = pipeline.get(FrameGuard.class);
    if (guard != null && pipeline.get(DECODER) != null) {
      guard.dropping = true;
      pipeline.remove(DECODER);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (dropping) {
      ReferenceCountUtil.release(message);
    } else {
      if (message instanceof WebSocketFrame frame) {
        arriving.decoded(frame.content().readableBytes());
      }
      context.fireChannelRead(message);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof CorruptedWebSocketFrameException violation) {
      boolean tooBig = violation.closeStatus().equals(WebSocketCloseStatus.MESSAGE_TOO_BIG);
      refuse.accept(tooBig ? CloseCode.TOO_BIG : CloseCode.BAD_REQUEST);
    } else {
      context.fireExceptionCaught(cause);
    }
  }
}
