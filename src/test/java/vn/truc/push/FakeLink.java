package vn.truc.push;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A socket in memory: keeps the frames it was given; stops draining when told.
final class FakeLink implements Link {
  private final List<String> frames = new ArrayList<>();
  private final List<Runnable> waiting = new ArrayList<>();
  private final List<String> buffers = new ArrayList<>();
  private @Nullable CloseCode closed;
  private boolean stuck;
  private boolean paused;
  private boolean broken;
  private long queuedBytes;
  private int flushes;

  @Override
  public void write(ByteBuf frame) {
    if (broken) {
      throw new IllegalStateException("a fault of ours");
    }
    int at = TextFrame.payloadAt(frame);
    frames.add(frame.toString(at, frame.writerIndex() - at, StandardCharsets.UTF_8));
    buffers.add(Long.toHexString(frame.hasMemoryAddress() ? frame.memoryAddress() : -1));
    if (stuck) {
      queuedBytes += frame.readableBytes();
    }
    frame.release();
  }

  @Override
  public void flush() {
    flushes++;
  }

  @Override
  public long queuedBytes() {
    return queuedBytes;
  }

  @Override
  public void drained(Runnable then) {
    waiting.add(then);
  }

  @Override
  public void reading(boolean on) {
    paused = !on;
  }

  @Override
  public void close(CloseCode code) {
    closed = code;
  }

  @Override
  public void cut() {
    closed = CloseCode.GONE;
  }

  /// Stops draining: what is written stays queued.
  void stick() {
    stuck = true;
  }

  /// From now on writing to it is a fault of ours.
  void spoil() {
    broken = true;
  }

  /// Drains some of the queue.
  void drain(long bytes) {
    queuedBytes = Math.max(0, queuedBytes - bytes);
  }

  /// Drains all, and goes on draining.
  void unstick() {
    stuck = false;
    queuedBytes = 0;
    List<Runnable> told = List.copyOf(waiting);
    waiting.clear();
    told.forEach(Runnable::run);
  }

  boolean paused() {
    return paused;
  }

  int flushes() {
    return flushes;
  }

  @Nullable CloseCode closed() {
    return closed;
  }

  /// The frames so far, and forgets them.
  List<String> take() {
    List<String> taken = List.copyOf(frames);
    frames.clear();
    buffers.clear();
    return taken;
  }

  /// Where the frames' bytes lie in memory, in order.
  List<String> addresses() {
    return List.copyOf(buffers);
  }

  /// All replies and pushes so far, one a line, and forgets them.
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (String frame : take()) {
      lines.addAll(List.of(frame.split("\n", -1)));
    }
    return lines;
  }
}
