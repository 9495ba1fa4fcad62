package vn.truc.push;

import java.util.function.LongConsumer;

/// Counts what came of messages that have not ended, wherever it lies: half a frame in the decoder,
/// frames in the queue of a socket that is not read, frames kept until the last of their message.
/// Its sender chooses how long it lies there.
final class Arriving {
  /// About what a frame takes beside its bytes.
  private static final int FRAME_BYTES = 128;

  private final LongConsumer told;
  private long bufferBytes;
  private long queuedBytes;
  private long begunBytes;

  /// @param told how many bytes it is now, whenever a socket was read
  Arriving(LongConsumer told) {
    this.told = told;
  }

  /// A socket was read. The decoder holds half a frame in a buffer of a size, 0 where it holds
  /// nothing: a buffer once made for much may hold little, and takes what it was made for.
  void read(int buffer) {
    bufferBytes = buffer;
    told.accept(bufferBytes + queuedBytes + begunBytes);
  }

  /// A frame was decoded, and waits to be taken.
  void decoded(int payloadBytes) {
    queuedBytes += payloadBytes + FRAME_BYTES;
  }

  /// A frame was taken that is no part of a message.
  void control(int payloadBytes) {
    queuedBytes = Math.max(0, queuedBytes - payloadBytes - FRAME_BYTES);
  }

  /// A frame of a message was taken.
  ///
  /// @param ends whether the message ends with it
  void part(int payloadBytes, boolean ends) {
    control(payloadBytes);
    begunBytes = ends ? 0 : begunBytes + payloadBytes + FRAME_BYTES;
  }

  /// The message at hand is kept no longer.
  void forget() {
    begunBytes = 0;
  }
}
