package vn.truc.push;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;

/// A finished RFC 6455 text frame. Frames of a server are not masked, so one buffer serves every
/// socket.
///
/// ```
///  0x81 │ length ≤ 125            │ payload      (2 bytes of head)
///  0x81 │ 126 │ length, 16 bits   │ payload      (4)
///  0x81 │ 127 │ length, 64 bits   │ payload      (10)
/// ```
final class TextFrame {
  private static final int FINAL_TEXT = 0x81;

  private TextFrame() {}

  /// An off-heap buffer with the head of a frame and room for its payload, which the caller writes.
  static ByteBuf begin(int payloadBytes) {
    ByteBuf frame = PooledByteBufAllocator.DEFAULT.directBuffer(payloadBytes + 10);
    frame.writeByte(FINAL_TEXT);
    if (payloadBytes <= 125) {
      frame.writeByte(payloadBytes);
    } else if (payloadBytes <= 0xFFFF) {
      frame.writeByte(126).writeShort(payloadBytes);
    } else {
      frame.writeByte(127).writeLong(payloadBytes);
    }
    return frame;
  }

  /// A whole frame.
  static ByteBuf of(byte[] payload, int length) {
    return begin(length).writeBytes(payload, 0, length);
  }

  /// Where the payload begins in a frame.
  static int payloadAt(ByteBuf frame) {
    return frame.readerIndex()
        + switch (frame.getByte(frame.readerIndex() + 1)) {
          case 126 -> 4;
          case 127 -> 10;
          default -> 2;
        };
  }
}
