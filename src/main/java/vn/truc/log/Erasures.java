package vn.truc.log;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// The list of erasures, `erased` in the data folder: one JSON object a line,
/// `{"kind":…,"code":…,"upTo":position,"at":instant}`. A line is durable before anything is
/// deleted, so an older copy of the database, put back later, is cleaned again before it serves.
///
/// `upTo` is the log's head at that moment: fields that came with a later record are not meant.
final class Erasures {
  /// The name of the list in the data folder.
  static final String FILE = "erased";

  /// One line of the list.
  ///
  /// @param at when it was asked for, as RFC 3339; empty where a line does not say
  record Erasure(String kind, String code, long upTo, String at) {

    /// The same, reaching no further than a position.
    Erasure cutTo(long head) {
      return new Erasure(kind, code, Math.min(upTo, head), at);
    }

    /// As it stands in the list, without the end of the line.
    String line() {
      return new JsonObject()
          .put("kind", kind)
          .put("code", code)
          .put("upTo", upTo)
          .put("at", at)
          .encode();
    }
  }

  private final Path file;

  Erasures(Path folder) {
    this.file = folder.resolve(FILE);
  }

  /// Adds a line; it is durable on return.
  void add(Erasure erasure) throws IOException {
    String line = erasure.line() + "\n";
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

  /// Makes the list where it is missing and cuts off a last line without its end, durably; its
  /// length in bytes. For whoever adds lines in another way than [#add].
  long makeWhole() throws IOException {
    try (FileChannel channel =
        DataFolder.openFile(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.truncate(endOfLastLine());
      channel.force(true);
      DataFolder.sync(file.resolveSibling("."));
      return channel.size();
    }
  }

  /// Makes the list of a folder anew, durably; no list where there is nothing to list.
  static void write(Path folder, List<Erasure> all) throws IOException {
    if (all.isEmpty()) {
      return;
    }
    Path draft = folder.resolve("truc.restoring-" + FILE);
    StringBuilder lines = new StringBuilder();
    all.forEach(erasure -> lines.append(erasure.line()).append('\n'));
    try (FileChannel channel =
        DataFolder.openFile(
            draft,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(
        draft,
        folder.resolve(FILE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    DataFolder.sync(folder);
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
    return all(file);
  }

  /// The same of a list anywhere.
  static List<Erasure> all(Path file) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    String text = Files.readString(file);
    List<Erasure> found = new ArrayList<>();
    int from = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      String line = text.substring(from, end);
      if (!line.isBlank()) {
        found.add(parse(file, line));
      }
      from = end + 1;
    }
    return found;
  }

  /// @throws LogException `CORRUPT` where a line is no erasure
  static Erasure parse(Path file, String line) {
    try {
      JsonObject json = new JsonObject(line);
      return new Erasure(
          Objects.requireNonNull(json.getString("kind")),
          Objects.requireNonNull(json.getString("code")),
          json.getLong("upTo", Long.MAX_VALUE),
          json.getString("at", ""));
    } catch (DecodeException | ClassCastException | NullPointerException e) {
      throw new LogException(
          LogException.Reason.CORRUPT, file + " has a line that is no erasure: " + line, e);
    }
  }
}
