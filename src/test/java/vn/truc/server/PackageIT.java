package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.testing.RedisProcess;

/// The archive of `./truc package`, unpacked and run where there is a Java 25 run-time and base
/// tools, and nothing else: no Maven, Node or compiler on the PATH, no JDK where JDKs lie.
class PackageIT {
  /// What the launcher may ask of a machine.
  private static final List<String> BASE_TOOLS =
      List.of(
          "bash",
          "cat",
          "cksum",
          "cp",
          "dirname",
          "env",
          "flock",
          "head",
          "mktemp",
          "mv",
          "readlink",
          "rm",
          "sed",
          "sleep");

  private static Path archive = Path.of("");
  private static Path jre = Path.of("");

  @TempDir private Path folder = Path.of("");

  private Path home = Path.of("");

  private final HttpClient http = HttpClient.newHttpClient();

  private record Ran(int code, String out, String err) {}

  @BeforeAll
  static void make() throws Exception {
    archive = Path.of(output(".ci/package"));
    jre = Path.of(output(".ci/jre"));
  }

  private static String output(String... command) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("TRUC_NO_BUILD", "1");
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), out);
    return out.strip();
  }

  @BeforeEach
  void unpack() throws Exception {
    Path parent = Files.createDirectory(folder.resolve("Trực ban 1"));
    output("tar", "-xzf", archive.toString(), "-C", parent.toString());
    try (Stream<Path> made = Files.list(parent)) {
      home = made.findFirst().orElseThrow();
    }
    Path bin = Files.createDirectory(folder.resolve("bin"));
    for (String tool : BASE_TOOLS) {
      String found = output("sh", "-c", "command -v " + tool);
      Files.createSymbolicLink(bin.resolve(tool), Path.of(found));
    }
    Files.createDirectory(folder.resolve("tmp"));
  }

  /// What links out of the folder is taken away by hand.
  @AfterEach
  void unlink() throws IOException {
    for (String tool : BASE_TOOLS) {
      Files.delete(folder.resolve("bin").resolve(tool));
    }
  }

  /// A process that sees the JDKs of this machine no more. Its id is that of the server it becomes.
  ///
  /// @param before done as root in its mount namespace
  private ProcessBuilder confined(String before, String... command) {
    List<String> whole = new ArrayList<>(List.of("unshare", "--mount"));
    if (!"root".equals(System.getProperty("user.name"))) {
      whole.addAll(List.of("--user", "--map-root-user"));
    }
    String hide = "for d in /usr/lib/jvm /opt; do [ ! -d $d ] || mount -t tmpfs none $d; done; ";
    whole.addAll(List.of("sh", "-c", "set -e; " + hide + before + " exec \"$@\"", "sh"));
    whole.addAll(List.of("env", "-i", "PATH=" + folder.resolve("bin"), "JAVA_HOME=" + jre));
    whole.addAll(List.of("HOME=" + folder, "TMPDIR=" + folder.resolve("tmp"), "LC_ALL=C.UTF-8"));
    whole.add("TRUC_JAVA_OPTIONS=-Xlog:class+load:file=" + folder.resolve("loaded"));
    whole.addAll(List.of(command));
    return new ProcessBuilder(whole)
        .directory(folder.toFile())
        .redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve("err").toFile()));
  }

  private Process serve(String data) throws IOException {
    return confined("", home + "/truc", "serve", "--port", "0", "--data", folder + "/" + data)
        .start();
  }

  private String address(Process process) throws IOException {
    String line =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
            .readLine();
    assertTrue(line != null && line.startsWith("http://"), () -> line + said());
    return line == null ? "" : line;
  }

  private String said() {
    try {
      return "\n" + Files.readString(folder.resolve("err"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private Ran verb(String launcher, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(launcher));
    command.addAll(List.of(arguments));
    Path err = folder.resolve("verb.err");
    Process process =
        confined("", command.toArray(String[]::new)).redirectError(err.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(process.waitFor(), out.strip(), Files.readString(err));
  }

  private void end(Process process) throws Exception {
    process.destroy();
    assertTrue(process.waitFor(10, TimeUnit.SECONDS), "it ends within 10 s");
    assertEquals(0, process.exitValue(), this::said);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private List<String> caches() throws IOException {
    try (Stream<Path> files = Files.list(home)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.contains(".aot") && !name.endsWith(".lock"))
          .toList();
    }
  }

  /// Whether the newest start took our classes from the cache.
  private boolean cacheUsed() throws IOException {
    return Files.readString(folder.resolve("loaded"))
        .contains("vn.truc.App source: shared objects file");
  }

  @Test
  void sameInputsGiveTheSameBytesAndNothingElseIsIn() throws Exception {
    byte[] first = Files.readAllBytes(archive);
    assertEquals(archive, Path.of(output(".ci/package")));
    assertTrue(Arrays.equals(first, Files.readAllBytes(archive)));
    List<String> names = output("tar", "-tzf", archive.toString()).lines().toList();
    String top = names.getFirst();
    assertTrue(top.matches("truc-\\d+\\.\\d+\\.\\d+/"), top);
    assertEquals(names.stream().sorted().toList(), names.stream().distinct().sorted().toList());
    for (String name :
        List.of(
            "truc",
            "truc.jar",
            "healthy",
            "config/truc.yaml",
            "config/examples/",
            "README.md",
            "CHANGELOG.md",
            "docs/OPERATIONS.md")) {
      assertTrue(names.contains(top + name), name);
    }
    for (String name : names) {
      assertTrue(
          name.matches(
              "truc-[^/]+/(|truc|truc\\.jar(\\.sha256)?|healthy|(README|CHANGELOG)\\.md"
                  + "|(config|docs|deploy)/.*|bench/(RESULTS.md)?)"),
          name);
    }
    Ran checked =
        verb(
            "env",
            "PATH=" + System.getenv("PATH"),
            "sh",
            "-c",
            "cd '" + home + "' && sha256sum -c truc.jar.sha256");
    assertEquals(new Ran(0, "truc.jar: OK", ""), checked);
  }

  @Test
  void servesWithARuntimeAloneAndFasterTheSecondTime() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("liên kết"), home.resolve("truc"));
    Process process = serve("dữ liệu");
    String url = address(process);
    assertEquals(1, caches().size(), caches()::toString);
    assertTrue(cacheUsed(), this::said);

    String data = folder + "/dữ liệu";
    Ran key =
        verb(
            link.toString(),
            "key",
            "add",
            "--source",
            Fact.SOURCE,
            "--name",
            "1022",
            "--data",
            data);
    assertEquals(0, key.code(), key::toString);
    HttpResponse<String> posted =
        send(
            HttpRequest.newBuilder(URI.create(url + "api/v1/events"))
                .header("Authorization", "Bearer " + key.out().lines().toList().getLast())
                .header("Content-Type", RunningServer.STRUCTURED)
                .POST(BodyPublishers.ofString(Fact.feedback("1", "PA-1", "received"))));
    assertEquals(202, posted.statusCode(), posted::body);
    Ran token =
        verb(link.toString(), "token", "--role", "viewer", "--scope", "province", "--data", data);
    assertEquals(1, open(url, token.out()));
    HttpResponse<String> page = send(HttpRequest.newBuilder(URI.create(url)));
    assertTrue(page.statusCode() == 200 && page.body().contains("<script"), page::body);
    Ran healthy =
        verb(
            "env",
            "PATH=" + System.getenv("PATH"),
            "TRUC_PORT=" + URI.create(url).getPort(),
            home + "/healthy");
    assertEquals(0, healthy.code(), healthy::toString);
    end(process);

    List<String> made = caches();
    Files.delete(folder.resolve("loaded"));
    Process again = serve("dữ liệu");
    assertEquals(1, open(address(again), token.out()));
    assertTrue(cacheUsed(), "the second start uses what the first one made");
    assertEquals(made, caches());
    end(again);
  }

  private int open(String url, String token) throws Exception {
    HttpResponse<String> board =
        send(
            HttpRequest.newBuilder(URI.create(url + "api/v1/board/province"))
                .header("Authorization", "Bearer " + token));
    assertEquals(200, board.statusCode(), board::body);
    return new JsonObject(board.body()).getJsonObject("values").getInteger("feedback.open");
  }

  @Test
  void demonstrationShowsItsNumbers() throws Exception {
    Process process = confined("", home + "/truc", "demo", "--port", "0").start();
    String url = address(process);
    HttpResponse<String> token =
        send(
            HttpRequest.newBuilder(URI.create(url + "api/v1/token"))
                .header("Origin", url.substring(0, url.length() - 1))
                .POST(BodyPublishers.noBody()));
    assertEquals(200, token.statusCode(), token::body);
    assertTrue(open(url, new JsonObject(token.body()).getString("token")) > 0);
    end(process);
  }

  @Test
  void folderThatCannotBeWrittenServesWithoutACache() throws Exception {
    String locked =
        "mount --bind '" + home + "' '" + home + "'; mount -o remount,ro,bind '" + home + "';";
    Process process =
        confined(locked, home + "/truc", "serve", "--port", "0", "--data", folder + "/data")
            .start();
    assertTrue(
        send(HttpRequest.newBuilder(URI.create(address(process) + "healthz"))).statusCode() == 200);
    assertEquals(List.of(), caches());
    assertFalse(cacheUsed());
    end(process);
  }

  @Test
  void startsAtOnceShareOneWholeCache() throws Exception {
    List<Process> processes = List.of(serve("a"), serve("b"), serve("c"));
    for (Process process : processes) {
      address(process);
    }
    for (Process process : processes) {
      end(process);
    }
    assertEquals(1, caches().size(), caches()::toString);
    Files.delete(folder.resolve("loaded"));
    Process next = serve("a");
    address(next);
    assertTrue(cacheUsed());
    end(next);
  }

  @Test
  void startEndedWhileItMakesTheCacheLeavesNothing() throws Exception {
    Process process = serve("a");
    Patience.until("the cache is being made", () -> count("tmp") > 0);
    process.destroy();
    assertTrue(process.waitFor(10, TimeUnit.SECONDS), "it ends within 10 s");
    assertEquals(143, process.exitValue(), this::said);
    assertEquals(List.of(), caches());
    assertEquals(0, count("tmp"), "the start that made it is gone too");
    assertFalse(Files.exists(folder.resolve("a")));
  }

  private long count(String name) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(name))) {
      return files.filter(file -> !file.getFileName().toString().startsWith("hsperf")).count();
    }
  }

  /// The start that makes the cache once took `truc.yaml` from the installation: it joined the
  /// store named there, would have begun a log in an emptied one, and with TLS made no cache, ever.
  @Test
  void startThatMakesTheCacheLeavesStoreAndCertificateOfTheNodeAlone() throws Exception {
    Path own = ConfigCopy.in(folder);
    try (RedisProcess redis = RedisProcess.start(folder.resolve("redis"))) {
      Files.writeString(
          home.resolve("config/truc.yaml"),
          "store: " + redis.address() + "\ntlsCert: /no/cert.pem\ntlsKey: /no/key.pem\n");
      long before = connections(redis);
      Process process =
          confined("", home + "/truc", "serve", "--port", "0", "--config", own.toString()).start();
      address(process);
      assertEquals(1, caches().size(), caches()::toString);
      assertTrue(cacheUsed(), this::said);
      assertEquals(before + 1, connections(redis), "nobody but this test spoke to the store");
      end(process);
    }
  }

  /// The ordinal of a new connection.
  private static long connections(RedisProcess redis) throws IOException {
    return Long.parseLong(redis.command("CLIENT", "ID").substring(1));
  }

  @Test
  void cacheOfAnotherJarOrCutShortIsNotUsed() throws Exception {
    Process first = serve("a");
    address(first);
    end(first);
    Path cache = home.resolve(caches().getFirst());
    byte[] whole = Files.readAllBytes(cache);
    Files.write(cache, Arrays.copyOf(whole, whole.length / 2));
    Process cut = serve("a");
    assertEquals(
        200, send(HttpRequest.newBuilder(URI.create(address(cut) + "healthz"))).statusCode());
    assertFalse(cacheUsed(), "half a cache");
    end(cut);
    Files.write(cache, whole);
    Path sum = home.resolve("truc.jar.sha256");
    Files.writeString(sum, Files.readString(sum).replaceFirst("^....", "0000"));
    Process other = serve("a");
    address(other);
    assertEquals(1, caches().size(), "the one of the jar before is gone");
    assertFalse(caches().contains(cache.getFileName().toString()));
    end(other);
    assertEquals(Map.of(), leftovers());
  }

  private Map<String, Long> leftovers() throws IOException {
    long left = count("tmp");
    return left == 0 ? Map.of() : Map.of("tmp", left);
  }
}
