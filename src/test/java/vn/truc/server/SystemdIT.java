package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.testing.NotifySocket;

/// The units in `deploy/systemd`: read by systemd's own tools, and their command run as they say.
class SystemdIT {
  private static final Path UNITS = Path.of("deploy/systemd");
  private static final String INSTALLED = "/opt/truc/";
  private static final String WATCHDOG = "WATCHDOG=1";

  /// SQLite gives files to the folder's owner where it runs as root, which the service does not.
  private static final Set<String> AS_ROOT_ONLY = Set.of("fchown");

  @TempDir private Path folder = Path.of("");

  private static String analyze() {
    return Tool.find("systemd-analyze", "systemd").toString();
  }

  private static String unit(String name) throws IOException {
    return Files.readString(UNITS.resolve(name));
  }

  private static List<String> values(String unit, String key) {
    return unit.lines()
        .filter(line -> line.startsWith(key + "="))
        .map(line -> line.substring(key.length() + 1))
        .toList();
  }

  /// A root with the system's units, ours, and what ours start.
  private Path root() throws IOException {
    Path root = folder.resolve("root");
    copy(Path.of("/usr/lib/systemd/system"), root.resolve("usr/lib/systemd/system"));
    Path own = root.resolve("etc/systemd/system");
    Files.createDirectories(own.resolve("truc.service.d"));
    try (Stream<Path> units = Files.list(UNITS)) {
      for (Path unit : units.toList()) {
        String name = unit.getFileName().toString();
        Files.copy(unit, own.resolve(name.equals("tls.conf") ? "truc.service.d/" + name : name));
      }
    }
    for (String program : List.of("opt/truc/truc", "usr/bin/find")) {
      Path file = root.resolve(program);
      Files.createDirectories(file.getParent());
      assertTrue(Files.createFile(file).toFile().setExecutable(true));
    }
    return root;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> walk = Files.walk(from)) {
      walk.filter(path -> !Files.isSymbolicLink(path))
          .forEach(
              path -> {
                try {
                  Path target = to.resolve(from.relativize(path));
                  Files.createDirectories(target.getParent());
                  Files.copy(path, target);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }

  private static String verify(Path root) throws Exception {
    return Tool.run(
            analyze(),
            "verify",
            "--man=no",
            "--root=" + root,
            "truc.service",
            "truc-backup.service",
            "truc-backup.timer")
        .text();
  }

  @Test
  void systemdUnderstandsEveryLineOfTheUnits() throws Exception {
    Path root = root();
    assertEquals("", verify(root));
    Path unit = root.resolve("etc/systemd/system/truc.service");
    Files.writeString(unit, Files.readString(unit).replace("WatchdogSec=", "WatchdogSeconds="));
    assertTrue(verify(root).contains("Unknown key"), "a line that is wrong is noticed");
  }

  @Test
  void servicesAreShutIn() throws Exception {
    for (String unit : List.of("truc.service", "truc-backup.service")) {
      String path = UNITS.resolve(unit).toString();
      Tool.run(analyze(), "security", "--offline=true", "--threshold=16", path).well();
      Tool.Said stricter = Tool.run(analyze(), "security", "--offline=true", "--threshold=5", path);
      assertNotEquals(0, stricter.code(), "the threshold is looked at");
    }
  }

  @Test
  void timesFitTheServer() throws Exception {
    String unit = unit("truc.service");
    assertEquals(List.of("notify"), values(unit, "Type"));
    assertTrue(Integer.parseInt(values(unit, "TimeoutStopSec").getFirst()) > 10);
    assertTrue(Integer.parseInt(values(unit, "LimitNOFILE").getFirst()) > 2 * 25_000);
    assertEquals(
        List.of(), values(unit, "MemoryDenyWriteExecute"), "the JVM compiles code and runs it");
  }

  /// The service once kept backups for fifteen days, and on a node with Redis, which has no log in
  /// its folder, failed every night.
  @Test
  void backupsAreKeptForTwoWeeksAtMostAndMadeWhereThereIsALog() throws Exception {
    String unit = unit("truc-backup.service");
    Path backups = Files.createDirectory(folder.resolve("truc-backup"));
    for (int day : List.of(0, 12, 13, 14)) {
      old(backups.resolve("truc-%02d.db".formatted(day)), Duration.ofDays(day).plusMinutes(1));
      old(backups.resolve("truc-%02d-late.db".formatted(day)), Duration.ofDays(day).minusHours(1));
    }
    String command = here(values(unit, "ExecStartPost").getFirst()).replace("\"", "");
    Tool.run(command.split(" ")).well();
    try (Stream<Path> kept = Files.list(backups)) {
      assertEquals(
          List.of(
              "truc-00-late.db", "truc-00.db", "truc-12-late.db", "truc-12.db", "truc-13-late.db"),
          names(kept));
    }

    String condition = here(values(unit, "ConditionFileNotEmpty").getFirst());
    assertNotEquals(0, condition(condition), "without a log");
    Path log = Path.of(condition);
    Files.createDirectories(log.getParent());
    Files.writeString(log, "a log");
    assertEquals(0, condition(condition));
  }

  private static void old(Path file, Duration age) throws IOException {
    Files.writeString(file, "a backup");
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
  }

  private static int condition(String file) throws Exception {
    return Tool.run(analyze(), "condition", "ConditionFileNotEmpty=" + file).code();
  }

  /// Carried out a second time, as for the next version, the handbook's command once put a copy
  /// into the configuration: it went into the log, and `check` refused it.
  @Test
  void configurationIsCopiedOnceAndKeptThen() throws Exception {
    String line =
        Files.readString(Path.of("docs/OPERATIONS.md"))
            .lines()
            .filter(one -> one.startsWith("cp ") && one.contains(" /opt/truc/config "))
            .findFirst()
            .orElseThrow();
    Path etc = folder.resolve("etc");
    String command =
        line.replace("/opt/truc/config", Path.of("config").toAbsolutePath().toString())
            .replace("/etc/truc", etc.toString());
    Tool.run("sh", "-c", command).well();
    Files.writeString(etc.resolve("fields.yaml"), "fields: []\n");
    Tool.run("sh", "-c", command).well();
    assertEquals("fields: []\n", Files.readString(etc.resolve("fields.yaml")));
    try (Stream<Path> copied = Files.list(etc);
        Stream<Path> shipped = Files.list(Path.of("config"))) {
      assertEquals(names(shipped), names(copied));
    }
  }

  private static List<String> names(Stream<Path> files) {
    return files.map(file -> file.getFileName().toString()).sorted().toList();
  }

  private Process begin(List<String> prefix, Map<String, String> more) throws IOException {
    String unit = unit("truc.service");
    List<String> command = new ArrayList<>(prefix);
    command.addAll(List.of(here(values(unit, "ExecStart").getFirst()).split(" ")));
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
    for (String assignments : values(unit, "Environment")) {
      for (String assignment : here(assignments).split(" ", -1)) {
        environment.put(assignment.replaceFirst("=.*", ""), assignment.replaceFirst(".*?=", ""));
      }
    }
    environment.put("TRUC_PORT", "0");
    environment.put("TRUC_NO_BUILD", "1");
    environment.putAll(more);
    return builder.redirectError(folder.resolve("err").toFile()).start();
  }

  /// What the unit says, with the folders of this test in the place of the system's.
  private String here(String value) {
    assertTrue(value.contains(INSTALLED) || value.contains("%S/"), value);
    return value
        .replace(INSTALLED, Path.of("").toAbsolutePath() + "/")
        .replace("%S/", folder + "/")
        .replace("/etc/truc", Path.of("config").toAbsolutePath().toString());
  }

  private static String url(Process process) throws IOException {
    String line = process.inputReader().readLine();
    assertTrue(line != null && line.startsWith("http://127.0.0.1:"), line);
    return line;
  }

  private void lifeIsTold(String socket) throws Exception {
    try (NotifySocket heard = new NotifySocket(socket)) {
      Process process =
          begin(List.of(), Map.of("NOTIFY_SOCKET", socket, "WATCHDOG_USEC", "400000"));
      try {
        String starting = heard.next();
        assertTrue(starting.contains("EXTEND_TIMEOUT_USEC="), starting);
        String ready = heard.nextOtherThan("EXTEND_TIMEOUT_USEC=60000000");
        assertEquals("READY=1\nSTATUS=serving " + url(process), ready);
        assertEquals(WATCHDOG, heard.next());
        assertEquals(WATCHDOG, heard.next());
        ProcessHandle server = ProcessHandle.of(process.pid()).orElseThrow();
        String program = server.info().command().orElse("");
        assertTrue(program.endsWith("/java"), "systemd would watch " + program);
        process.destroy();
        assertEquals("STOPPING=1\nSTATUS=stopping", heard.nextOtherThan(WATCHDOG));
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), Files.readString(folder.resolve("err")));
      } finally {
        process.destroyForcibly();
      }
    }
  }

  @Test
  void commandOfTheUnitTellsItsLifeInOrder() throws Exception {
    lifeIsTold(folder.resolve("notify").toString());
  }

  @Test
  void commandOfTheUnitTellsItsLifeToAnAbstractSocket() throws Exception {
    lifeIsTold("@truc-" + ProcessHandle.current().pid());
  }

  @Test
  void serverCallsNothingThatItsFilterForbids() throws Exception {
    Path trace = folder.resolve("trace");
    String strace = Tool.find("strace", "strace").toString();
    Process process = begin(List.of(strace, "-f", "-qq", "-o", trace.toString()), Map.of());
    try {
      String url = url(process);
      HttpResponse<String> page =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
      assertEquals(200, page.statusCode());
      process.descendants().forEach(ProcessHandle::destroy);
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    String seen = Files.readString(trace);
    Set<String> called = Grep.all(seen, "(?m)^\\d+ +([a-z_0-9]+)\\(");
    assertTrue(called.containsAll(Set.of("execve", "listen", "fsync")), called::toString);
    called.removeAll(allowed());
    called.removeAll(AS_ROOT_ONLY);
    assertEquals(Set.of(), called);
    Set<String> families = Grep.all(seen, "socket\\((AF_[A-Z0-9]+)");
    families.removeAll(
        Set.of(values(unit("truc.service"), "RestrictAddressFamilies").getFirst().split(" ")));
    assertEquals(Set.of(), families);
  }

  /// The system calls of the unit's filter.
  private static Set<String> allowed() throws Exception {
    Set<String> allowed = new TreeSet<>();
    for (String group : values(unit("truc.service"), "SystemCallFilter")) {
      if (group.startsWith("~")) {
        allowed.removeAll(calls(group.substring(1)));
      } else {
        allowed.addAll(calls(group));
      }
    }
    return allowed;
  }

  private static Set<String> calls(String group) throws Exception {
    Set<String> calls = new TreeSet<>();
    for (String line : Tool.run(analyze(), "syscall-filter", group).well().lines().toList()) {
      String name = line.strip();
      if (!line.startsWith(" ") || name.startsWith("#")) {
        continue;
      }
      calls.addAll(name.startsWith("@") ? calls(name) : Set.of(name));
    }
    return calls;
  }
}
