package vn.truc.log;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The list of erasures, `erased` in the data folder: one JSON object a line,
/// `{"kind":…,"code":…,"upTo":position,"at":instant}`. A line is durable before anything is
/// deleted, so an older copy of the database, put back later, is cleaned again before it serves.
///
/// `upTo` is the log's head at that moment: fields that came with a later record are not meant.
final class Erasures {
  /// The name of the list in the data folder.
  static final String FILE = "erased";

  /// One line of the list.
  record Erasure(String kind, String code, long upTo) {}

  private final Path file;

  Erasures(Path folder) {
    this.file = folder.resolve(FILE);
  }

  /// Adds a line; it is durable on return.
  void add(Erasure erasure, Instant now) throws IOException {
    String line =
        new JsonObject()
                .put("kind", erasure.kind())
                .put("code", erasure.code())
                .put("upTo", erasure.upTo())
                .put("at", now.toString())
                .encode()
            + "\n";
    boolean fresh = !Files.exists(file);
    try (FileChannel channel =
        DataFolder.openFile(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.position(endOfLastLine());
      channel.truncate(channel.position());
      ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    if (fresh) {
      DataFolder.sync(file.resolveSibling("."));
    }
  }

  /// Where a line that a crash cut short begins, or the end of the file.
  private long endOfLastLine() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    return end;
  }

  /// All lines. A last line without its end was cut by a crash before anything was deleted, and is
  /// left out.
  List<Erasure> all() throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    String text = Files.readString(file);
    List<Erasure> found = new ArrayList<>();
    int from = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      String line = text.substring(from, end);
      if (!line.isBlank()) {
        found.add(parse(line));
      }
      from = end + 1;
    }
    return found;
  }

  private Erasure parse(String line) {
    try {
      JsonObject json = new JsonObject(line);
      return new Erasure(
          json.getString("kind"), json.getString("code"), json.getLong("upTo", Long.MAX_VALUE));
    } catch (DecodeException | ClassCastException | NullPointerException e) {
      throw new LogException(
          LogException.Reason.CORRUPT, file + " has a line that is no erasure: " + line, e);
    }
  }
}
