package vn.truc.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.function.ObjIntConsumer;
import vn.truc.intake.Door;
import vn.truc.intake.IntakeException;

/// Holds a body up to a limit while it arrives, inside the room the door grants all bodies
/// together. What is reserved is what is allocated: the announced length of a body only bounds how
/// far its buffer may grow, since announcing costs a sender nothing.
final class BodyReader {
  /// Bytes a buffer has at most before more than that arrived.
  private static final int FIRST_BYTES = 64 * 1024;

  /// Bytes a buffer begins with where no length is announced.
  private static final int UNANNOUNCED_BYTES = 1_024;

  /// Why a body is not held; the rest of it is read and dropped.
  static final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLargeException(int bytesMax) {
      super("the body is larger than the limit of " + bytesMax + " bytes");
    }
  }

  private final Door door;
  private final int bytesMax;
  private final int firstBytes;
  private final int growBytesMax;
  private final ObjIntConsumer<byte[]> arrived;
  private final Promise<byte[]> whole = Promise.promise();

  /// As long as the room reserved for it.
  private byte[] buf = new byte[0];

  private int length;
  private boolean settled;

  private BodyReader(Door door, int bytesMax, long announced, ObjIntConsumer<byte[]> arrived) {
    this.door = door;
    this.bytesMax = bytesMax;
    this.arrived = arrived;
    firstBytes = announced < 0 ? UNANNOUNCED_BYTES : FIRST_BYTES;
    growBytesMax = announced < 0 ? bytesMax : (int) announced;
  }

  /// Reads the body of a paused request. Completes with its bytes, exactly, for which as much room
  /// is reserved; fails with [TooLargeException], or with [IntakeException] when there is no room
  /// or the sender stalls, and nothing is reserved.
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
    BodyReader reader = new BodyReader(door, bytesMax, announced, arrived);
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
    if (!hasRoomFor(length + chunk.length)) {
      fail(IntakeException.noRoom());
      return;
    }
    System.arraycopy(chunk, 0, buf, length, chunk.length);
    length += chunk.length;
    arrived.accept(buf, length);
  }

  /// Grows the buffer where it is too short; false when the door grants no room for that. While it
  /// is copied both the old and the new one are reserved.
  private boolean hasRoomFor(int bytes) {
    if (bytes <= buf.length) {
      return true;
    }
    int roomy = Math.min(Math.max(firstBytes, buf.length * 2), growBytesMax);
    int grown = Math.max(bytes, roomy);
    if (!door.reserve(grown)) {
      return false;
    }
    door.release(buf.length);
    buf = Arrays.copyOf(buf, grown);
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
