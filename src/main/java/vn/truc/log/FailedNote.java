package vn.truc.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The note a failed disk leaves behind, `truc.failed`: one line
///
/// ```
/// ACKNOWLEDGED REFUSED CRC        position of the last acknowledged record, that of the last one
///                                 that was refused, CRC-32C of both as eight hexadecimal digits
/// ACKNOWLEDGED                    as version 0.1.0 wrote it
/// ```
///
/// What lies behind the acknowledged one after a restart was refused and is cut off. A note that is
/// damaged, or means other records than those that are there, cuts nothing: it is refused.
///
/// @param acknowledged position of the last acknowledged record
/// @param refused position of the last refused one; empty in a note of 0.1.0
record FailedNote(Path folder, long acknowledged, OptionalLong refused) {
  static final String FILE = "truc.failed";

  /// More than a failed write of version 0.1.0 left behind, whose queue held no more.
  private static final long REFUSED_MAX = 65_536;

  private static final Logger LOG = LoggerFactory.getLogger(FailedNote.class);
  private static final Pattern FORM = Pattern.compile("([0-9]{1,18}) ([0-9]{1,18}) ([0-9a-f]{8})");
  private static final Pattern OLD_FORM = Pattern.compile("[0-9]{1,18}");

  /// The note in a folder; empty after an orderly life.
  ///
  /// @throws LogException `CORRUPT` where it is damaged
  static Optional<FailedNote> in(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String all = Files.readString(file, StandardCharsets.ISO_8859_1);
    if (all.endsWith("\n")) {
      String line = all.substring(0, all.length() - 1);
      Matcher form = FORM.matcher(line);
      if (form.matches() && form.group(3).equals(crc(form.group(1) + " " + form.group(2)))) {
        return Optional.of(
            new FailedNote(
                folder,
                Long.parseLong(form.group(1)),
                OptionalLong.of(Long.parseLong(form.group(2)))));
      }
      if (OLD_FORM.matcher(line).matches()) {
        return Optional.of(new FailedNote(folder, Long.parseLong(line), OptionalLong.empty()));
      }
    }
    throw corrupt(file + " is damaged: '" + all.strip() + "'");
  }

  /// The position where the log ends that is acknowledged.
  ///
  /// @param newest the highest position there is
  /// @throws LogException `CORRUPT` where the note cannot be of this log: acknowledged records are
  ///     missing, or it would cut off some that no failed write can have left
  long head(long newest) {
    long upTo = refused.orElse(acknowledged + REFUSED_MAX);
    if (newest < acknowledged || newest > upTo) {
      throw corrupt(
          "%s says that a write failed behind position %d, up to %d at most, and the log ends at %d"
              .formatted(folder.resolve(FILE), acknowledged, upTo, newest));
    }
    return acknowledged;
  }

  /// Cuts off what the note in a store's folder means, if there is one, and takes it away.
  static void obey(SqliteStore store) throws SQLException, IOException {
    Optional<FailedNote> note = in(store.path());
    if (note.isPresent()) {
      long newest = store.newest();
      long end = note.get().head(newest);
      store.change(
          open -> {
            try (Statement cut = open.createStatement()) {
              cut.executeUpdate("delete from personal where position > " + end);
              cut.executeUpdate("delete from records where position > " + end);
            }
          });
      store.checkpointAndTruncate();
      note.get().clear();
      LOG.warn("log_cut records={} head={} folder={}", newest - end, end, store.path());
    }
  }

  private static LogException corrupt(String what) {
    return new LogException(
        LogException.Reason.CORRUPT,
        what
            + "; nothing was cut off. Where the note is not this log's, move it away; else put a"
            + " backup back");
  }

  /// Leaves the note, as durably as the disk still allows.
  static void leave(Path folder, long acknowledged, long refused) throws IOException {
    Path draft = folder.resolve(FILE + ".new");
    String both = acknowledged + " " + refused;
    try (FileChannel note =
        DataFolder.openFile(
            draft,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      String line = both + " " + crc(both) + "\n";
      note.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
      Files.move(draft, folder.resolve(FILE), StandardCopyOption.REPLACE_EXISTING);
      note.force(true);
    }
    DataFolder.sync(folder);
  }

  /// Takes the note away, once what it asked for is done and durable.
  void clear() throws IOException {
    if (Files.deleteIfExists(folder.resolve(FILE))) {
      DataFolder.sync(folder);
    }
  }

  private static String crc(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }
}
