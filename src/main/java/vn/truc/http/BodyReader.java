package vn.truc.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.function.ObjIntConsumer;
import vn.truc.intake.Door;
import vn.truc.intake.IntakeException;

/// Holds a body up to a limit while it arrives, inside the room the door grants all bodies
/// together.
final class BodyReader {

  /// Why a body is not held; the rest of it is read and dropped.
  static final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLargeException(int bytesMax) {
      super("the body is larger than the limit of " + bytesMax + " bytes");
    }
  }

  private static final int FIRST_BYTES = 4_096;

  private final Door door;
  private final int bytesMax;
  private final int announced;
  private final ObjIntConsumer<byte[]> arrived;
  private final Promise<byte[]> whole = Promise.promise();

  /// Every byte of it is reserved at the door.
  private byte[] buf = new byte[0];

  private int length;
  private boolean settled;

  private BodyReader(Door door, int bytesMax, int announced, ObjIntConsumer<byte[]> arrived) {
    this.door = door;
    this.bytesMax = bytesMax;
    this.announced = announced;
    this.arrived = arrived;
  }

  /// Reads the body of a paused request, telling a sender who asks to go on. Completes with its
  /// bytes, exactly, which are reserved at the door until the caller releases them; fails with
  /// [TooLargeException], with [IntakeException] when there is no room or the sender stalls, and
  /// otherwise when the sender went away. What only was announced takes no room.
  ///
  /// @param arrived called with the buffer and the count of bytes in it after each chunk
  static Future<byte[]> read(
      HttpServerRequest request,
      Door door,
      BodyDeadlines deadlines,
      int bytesMax,
      ObjIntConsumer<byte[]> arrived) {
    long announced = announced(request);
    if (announced > bytesMax) {
      request.handler(_ -> {}).resume();
      return Future.failedFuture(new TooLargeException(bytesMax));
    }
    goOn(request);
    BodyReader reader = new BodyReader(door, bytesMax, (int) announced, arrived);
    BodyDeadlines.Body body = deadlines.begin(() -> reader.fail(IntakeException.stalled()));
    request.exceptionHandler(reader::fail);
    request.handler(
        chunk -> {
          body.arrived();
          reader.chunk(chunk.getBytes());
        });
    request.endHandler(_ -> reader.end());
    reader.whole.future().onComplete(_ -> body.end());
    request.resume();
    return reader.whole.future();
  }

  /// Tells a sender who asks first that the body is wanted.
  static void goOn(HttpServerRequest request) {
    if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
      request.response().writeContinue();
    }
  }

  private static long announced(HttpServerRequest request) {
    String header = request.getHeader("Content-Length");
    try {
      return header == null ? -1 : Long.parseLong(header.strip());
    } catch (NumberFormatException _) {
      return -1;
    }
  }

  private void chunk(byte[] chunk) {
    if (settled) {
      return;
    }
    if (chunk.length > bytesMax - length) {
      fail(new TooLargeException(bytesMax));
      return;
    }
    if (!room(length + chunk.length)) {
      fail(IntakeException.noRoom());
      return;
    }
    System.arraycopy(chunk, 0, buf, length, chunk.length);
    length += chunk.length;
    arrived.accept(buf, length);
  }

  /// Grows the buffer by what is reserved for it; doubling, but never beyond what can come.
  private boolean room(int bytes) {
    if (bytes <= buf.length) {
      return true;
    }
    int most = announced < 0 ? bytesMax : announced;
    int wanted = Math.max(bytes, Math.min(most, Math.max(FIRST_BYTES, buf.length * 2)));
    if (!door.reserve(wanted - buf.length)) {
      return false;
    }
    buf = Arrays.copyOf(buf, wanted);
    return true;
  }

  private void end() {
    if (!settled) {
      settled = true;
      door.release(buf.length - length);
      whole.complete(length == buf.length ? buf : Arrays.copyOf(buf, length));
    }
  }

  private void fail(Throwable cause) {
    if (!settled) {
      settled = true;
      door.release(buf.length);
      buf = new byte[0];
      whole.fail(cause);
    }
  }
}
