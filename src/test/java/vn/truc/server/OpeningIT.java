package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What keeps a server from opening its folder. A damaged file, a full disk or an encrypted key
/// ended it with half a page of stack or with a word that named no cause; a folder with `?` in its
/// name was opened as another; one open to everybody stayed so, and links planted in it were
/// followed. Needs root, to mount and to give files away.
class OpeningIT {
  @TempDir private Path folder = Path.of("");

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(20, TimeUnit.SECONDS), () -> String.join(" ", command) + " hangs");
    assertEquals(0, process.exitValue(), () -> String.join(" ", command) + ": " + said);
  }

  /// Tries to serve; what it says, which is one line.
  private static String refused(Path data, String... options) throws Exception {
    List<String> arguments = new java.util.ArrayList<>(List.of("serve", "--port", "0"));
    arguments.addAll(List.of(options));
    RunningServer.Ran ran = RunningServer.verb(data, arguments.toArray(String[]::new));
    assertEquals(1, ran.code(), ran::toString);
    List<String> lines = ran.err().strip().lines().filter(l -> l.startsWith("truc: ")).toList();
    assertEquals(1, lines.size(), ran::toString);
    assertFalse(ran.err().contains("\tat "), ran::toString);
    return lines.getFirst();
  }

  private Path served(String name) throws Exception {
    Path data = folder.resolve(name);
    try (RunningServer server = RunningServer.start(data, "--clock", Fact.CLOCK)) {
      String key = server.key(Fact.SOURCE);
      assertEquals(
          202,
          server
              .post(key, RunningServer.STRUCTURED, Fact.feedback("1", "PA-1", "received"))
              .status());
      assertEquals(0, server.stop());
    }
    return data;
  }

  @Test
  void namesThatMeanSomethingInAddressesAreNamesOnly() throws Exception {
    for (String name :
        List.of("a?mode=memory&b", "a#b", "50%25 x", "a%zz", "tiếng Việt", "a;b'c")) {
      Path data = served(name);
      assertTrue(Files.size(data.resolve("truc.db")) > 0, name);
      Path backup = folder.resolve(name + ".backup");
      RunningServer.Ran made = RunningServer.verb(data, "backup", backup.toString());
      assertEquals(0, made.code(), made::toString);
      Path restored = folder.resolve(name + " restored");
      RunningServer.Ran ran = RunningServer.verb(restored, "restore", backup.toString());
      assertEquals(0, ran.code(), ran::toString);
      try (RunningServer server = RunningServer.start(restored, "--clock", Fact.CLOCK)) {
        assertEquals(1, server.board("province").getInteger("feedback.open"), name);
      }
    }
  }

  @Test
  void damagedFilesAndOthersAreTold() throws Exception {
    Path damaged = served("damaged");
    try (RandomAccessFile file = new RandomAccessFile(damaged.resolve("truc.db").toFile(), "rw")) {
      file.seek(4_096);
      file.write(new byte[(int) Math.min(40_960, file.length() - 4_096)]);
    }
    Files.deleteIfExists(damaged.resolve("truc.db-wal"));
    String said = refused(damaged);
    assertTrue(said.contains("truc.db"), said);
    assertTrue(said.contains("damaged"), said);
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.writeString(other.resolve("truc.db"), "this is no database at all".repeat(400));
    said = refused(other);
    assertTrue(said.contains("truc.db") && said.contains("not a database"), said);
    Path beside = served("beside");
    Files.writeString(beside.resolve("truc.db-journal"), "left over");
    said = refused(beside);
    assertTrue(said.contains("truc.db-journal"), said);
    assertFalse(said.contains("read-only"), said);
    Path file = Files.writeString(folder.resolve("file"), "x");
    said = refused(file);
    assertTrue(said.contains(file.toString()) && said.contains("no folder"), said);
  }

  @Test
  void aFullDiskAndAReadOnlyOneAreTold() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk.toString());
    try {
      Files.write(disk.resolve("ballast"), new byte[48 * 1_024]);
      String said = refused(disk.resolve("data"));
      assertTrue(said.contains("disk") && said.contains("full"), said);
      run("mount", "-o", "remount,ro", disk.toString());
      said = refused(disk.resolve("new"));
      assertTrue(said.toLowerCase(Locale.ROOT).contains("read-only"), said);
      said = refused(disk.resolve("data"));
      assertTrue(said.toLowerCase(Locale.ROOT).contains("read-only"), said);
    } finally {
      run("umount", "--lazy", disk.toString());
    }
  }

  @Test
  void keysThatCannotBeReadAreTold() throws Exception {
    Path plain = folder.resolve("plain.pem");
    Path chain = folder.resolve("chain.pem");
    run(
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=x",
        "-keyout",
        plain.toString(),
        "-out",
        chain.toString());
    Path pkcs8 = folder.resolve("pkcs8.pem");
    run(
        "openssl",
        "pkcs8",
        "-topk8",
        "-in",
        plain.toString(),
        "-passout",
        "pass:secret",
        "-out",
        pkcs8.toString());
    Path old = folder.resolve("old.pem");
    run(
        "openssl",
        "rsa",
        "-traditional",
        "-aes256",
        "-passout",
        "pass:secret",
        "-in",
        plain.toString(),
        "-out",
        old.toString());
    for (Path key : List.of(pkcs8, old)) {
      String said =
          refused(
              folder.resolve("tls"), "--tls-cert", chain.toString(), "--tls-key", key.toString());
      assertTrue(said.contains("encrypted") && said.contains(key.toString()), said);
    }
  }

  @Test
  void aFolderOpenToAllIsClosedAndOneOfSomebodyElseRefused() throws Exception {
    Path open = Files.createDirectory(folder.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    try (RunningServer server = RunningServer.start(open)) {
      assertEquals(200, server.get("/healthz", "").status());
      assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(open)));
    }
    Path theirs = Files.createDirectory(folder.resolve("theirs"));
    run("chown", "nobody", theirs.toString());
    String said = refused(theirs);
    assertTrue(said.contains("belongs to nobody"), said);
    assertEquals(0, theirs.toFile().list().length);
    Path file = Files.createDirectory(folder.resolve("file-of-theirs"));
    Files.createFile(file.resolve("truc.db"));
    run("chown", "nobody", file.resolve("truc.db").toString());
    said = refused(file);
    assertTrue(said.contains("truc.db belongs to nobody"), said);
  }

  @Test
  void plantedLinksAreNotFollowed() throws Exception {
    List<String> names =
        List.of(
            "truc.db",
            "truc.db-wal",
            "truc.db-shm",
            "truc.lock",
            "truc.sock",
            "truc.failed",
            "erased",
            "revoked",
            ".s");
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      for (boolean symbolic : new boolean[] {true, false}) {
        Path data = Files.createDirectory(folder.resolve("planted" + i + symbolic));
        Path target = Files.writeString(folder.resolve("target" + i + symbolic), "keep me");
        if (symbolic) {
          Files.createSymbolicLink(data.resolve(name), target);
        } else {
          Files.createLink(data.resolve(name), target);
        }
        String said = refused(data);
        assertTrue(said.contains(name) && said.contains("link"), said);
        assertEquals("keep me", Files.readString(target), name);
      }
      Path dangling = Files.createDirectory(folder.resolve("dangling" + i));
      Files.createSymbolicLink(dangling.resolve(name), folder.resolve("made" + i));
      assertTrue(refused(dangling).contains("link"), name);
      assertFalse(Files.exists(folder.resolve("made" + i)), name);
    }
    Path data = served("backed-up");
    Path backup = folder.resolve("backup.db");
    Files.createSymbolicLink(backup, folder.resolve("elsewhere.db"));
    RunningServer.Ran ran = RunningServer.verb(data, "backup", backup.toString());
    assertEquals(1, ran.code(), ran::toString);
    assertFalse(Files.exists(folder.resolve("elsewhere.db")));
  }

  @Test
  void namesThatChangeHowTheyAreReadAreRefused() throws Exception {
    Path data = folder.resolve("names");
    try (RunningServer server = RunningServer.start(data)) {
      for (String name :
          List.of("a\u001b[2Jb", "a\u009bb", "a\u202eb", "a\u2028b", "a\nb", "a\u2066")) {
        RunningServer.Ran ran =
            RunningServer.verb(data, "key", "add", "--source", "/x", "--name", name);
        assertEquals(1, ran.code(), ran::toString);
        assertTrue(ran.err().contains("control character"), ran::toString);
        ran = RunningServer.verb(data, "key", "add", "--source", "/x" + name, "--name", "x");
        assertEquals(1, ran.code(), ran::toString);
      }
      assertFalse(server.log().contains("\u001b"), server::log);
    }
  }
}
