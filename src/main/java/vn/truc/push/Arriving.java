package vn.truc.push;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import java.util.function.LongConsumer;

/// Counts what came of messages that have not ended, wherever it lies: half a frame in the decoder,
/// frames in the queue of a socket that is not read, frames put together already. Its sender
/// chooses how long it lies there.
final class Arriving extends ChannelInboundHandlerAdapter {
  private static final int MASK_BYTES = 4;

  /// About what a frame that is kept takes beside its bytes.
  private static final int KEPT_BYTES = 64;

  private final LongConsumer told;
  private long bytes;

  /// The frames taken of the message at hand.
  private long begunBytes;

  /// @param told how many bytes it is now, whenever a socket was read or a frame taken
  Arriving(LongConsumer told) {
    this.told = told;
  }

  /// Puts it in front of the decoder of frames.
  void install(ChannelPipeline pipeline) {
    pipeline.addBefore(FrameGuard.DECODER, "truc-arriving", this);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf read) {
      bytes += read.readableBytes();
    }
    context.fireChannelRead(message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    context.fireChannelReadComplete();
    told.accept(bytes);
  }

  /// A frame was taken that lies between those of a message.
  void control(int payloadBytes) {
    left(frameBytes(payloadBytes));
  }

  /// A frame of a message was taken.
  ///
  /// @param ends whether the message ends with it
  void part(int payloadBytes, boolean ends) {
    long frame = frameBytes(payloadBytes);
    bytes += KEPT_BYTES;
    begunBytes += frame + KEPT_BYTES;
    if (ends) {
      long whole = begunBytes;
      begunBytes = 0;
      left(whole);
    }
  }

  private void left(long ofBytes) {
    bytes = Math.max(begunBytes, bytes - ofBytes);
  }

  /// The bytes of a client's frame on the wire, RFC 6455 §5.2.
  private static long frameBytes(int payloadBytes) {
    int length = payloadBytes < 126 ? 0 : payloadBytes <= 0xFFFF ? 2 : 8;
    return 2L + length + MASK_BYTES + payloadBytes;
  }
}
