package vn.truc.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.function.ObjIntConsumer;
import vn.truc.intake.Door;
import vn.truc.intake.IntakeException;
import vn.truc.intake.Receipt;

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

  private final Door door;
  private final int bytesMax;
  private final ObjIntConsumer<byte[]> arrived;
  private final Promise<byte[]> whole = Promise.promise();
  private byte[] buf;
  private int length;
  private boolean settled;

  private BodyReader(Door door, int bytesMax, int expected, ObjIntConsumer<byte[]> arrived) {
    this.door = door;
    this.bytesMax = bytesMax;
    this.arrived = arrived;
    this.buf = new byte[expected];
  }

  /// Reads the body of a paused request. Completes with its bytes, exactly; fails with
  /// [TooLargeException], or with [IntakeException] when there is no room.
  ///
  /// @param arrived called with the buffer and the count of bytes in it after each chunk
  static Future<byte[]> read(
      HttpServerRequest request, Door door, int bytesMax, ObjIntConsumer<byte[]> arrived) {
    long announced = announced(request);
    if (announced > bytesMax) {
      request.handler(_ -> {}).resume();
      return Future.failedFuture(new TooLargeException(bytesMax));
    }
    BodyReader reader =
        new BodyReader(door, bytesMax, announced < 0 ? 1_024 : (int) announced, arrived);
    request.exceptionHandler(reader::fail);
    request.handler(chunk -> reader.chunk(chunk.getBytes()));
    request.endHandler(_ -> reader.end());
    request.resume();
    return reader.whole.future();
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
    if (!door.reserve(chunk.length)) {
      fail(
          new IntakeException(
              IntakeException.Reason.QUEUE_FULL,
              "no room for more bodies",
              Receipt.none(),
              new IllegalStateException("bufferedBytesMax")));
      return;
    }
    if (length + chunk.length > buf.length) {
      buf = Arrays.copyOf(buf, Math.max(length + chunk.length, buf.length * 2));
    }
    System.arraycopy(chunk, 0, buf, length, chunk.length);
    length += chunk.length;
    arrived.accept(buf, length);
  }

  private void end() {
    if (!settled) {
      settled = true;
      whole.complete(length == buf.length ? buf : Arrays.copyOf(buf, length));
    }
  }

  private void fail(Throwable cause) {
    if (!settled) {
      settled = true;
      door.release(length);
      buf = new byte[0];
      whole.fail(cause);
    }
  }
}
