package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.json.JsonObject;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.testing.RedisProcess;

/// The published JavaScript SDK, unchanged, against the whole server.
class ServerSdkIT {
  private static final long BRIEF_SECONDS = 6;
  private static final Path SUITE = Path.of("src/test/sdk").toAbsolutePath();

  @TempDir private Path folder = Path.of("");

  @Test
  void thePublishedSdkWorksUnchangedAgainstTheWholeServer() throws Exception {
    install();
    try (RunningServer server = RunningServer.start(folder.resolve("data"))) {
      System.err.println(
          run(
              List.of(
                  "node",
                  "--test",
                  "--test-concurrency=1",
                  "any/connect.test.js",
                  "server/live.test.js"),
              Map.of(
                  "TRUC_URL", server.url(),
                  "TRUC_TOKEN", server.token(),
                  "TRUC_KEY", server.key(Fact.SOURCE))));
    }
  }

  @Test
  void connectionOutlivesItsTokenThroughTheTokenRoute() throws Exception {
    install();
    try (RunningServer server = RunningServer.start(folder.resolve("token"))) {
      JsonObject brief =
          new JsonObject()
              .put("role", "viewer")
              .put("scope", "province")
              .put("ttlSeconds", BRIEF_SECONDS);
      run(
          List.of("node", "--test", "server/token.test.js"),
          Map.of(
              "TRUC_URL", server.url(),
              "TRUC_TOKEN", server.admin("token", brief).getString("token")));
    }
  }

  @Test
  void whatWasPublishedWhileTheSocketWasAwayComesOnceAndInOrder() throws Exception {
    install();
    Path data = folder.resolve("restart");
    String token;
    String key;
    int port;
    try (RunningServer server = RunningServer.start(data)) {
      token = server.token();
      key = server.key(Fact.SOURCE);
      port = server.port();
      assertEquals(0, server.stop());
    }
    run(
        List.of("node", "--test", "--test-concurrency=1", "server/restart.test.js"),
        Map.of(
            "TRUC_URL",
            "http://127.0.0.1:" + port,
            "TRUC_TOKEN",
            token,
            "TRUC_KEY",
            key,
            "TRUC_JAVA",
            RunningServer.java(),
            "TRUC_JAR",
            RunningServer.jar().toString(),
            "TRUC_FOLDER",
            data.toAbsolutePath().toString()));
  }

  @Test
  void whoWatchesAScopeThatIsDroppedIsTold() throws Exception {
    install();
    Path data = folder.resolve("dropped");
    Path config = ConfigCopy.in(folder);
    try (RunningServer server = RunningServer.start(data, "--config", config.toString())) {
      run(
          List.of("node", "--test", "server/config.test.js"),
          Map.of(
              "TRUC_URL",
              server.url(),
              "TRUC_TOKEN",
              server.token(),
              "TRUC_JAVA",
              RunningServer.java(),
              "TRUC_JAR",
              RunningServer.jar().toString(),
              "TRUC_FOLDER",
              data.toAbsolutePath().toString(),
              "TRUC_CONFIG",
              config.toAbsolutePath().toString()));
    }
  }

  @Test
  void clientCutFromOneNodeResumesOnTheOther() throws Exception {
    install();
    try (RedisProcess redis = RedisProcess.start(folder.resolve("redis"));
        RunningServer one = RunningServer.start(folder.resolve("one"), "--store", redis.address());
        RunningServer other =
            RunningServer.start(folder.resolve("other"), "--store", redis.address())) {
      run(
          List.of("node", "--test", "server/nodes.test.js"),
          Map.of(
              "TRUC_URL", one.url(),
              "TRUC_OTHER_URL", other.url(),
              "TRUC_TOKEN", other.token(),
              "TRUC_KEY", other.key(Fact.SOURCE)));
    }
  }

  private void install() throws Exception {
    if (!Files.isDirectory(SUITE.resolve("node_modules"))) {
      run(List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"), Map.of());
    }
  }

  private String run(List<String> command, Map<String, String> environment) throws Exception {
    File output = folder.resolve(command.getFirst() + ".txt").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(SUITE.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output);
    builder.environment().putAll(environment);
    Process process = builder.start();
    boolean ended = process.waitFor(120, TimeUnit.SECONDS);
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
    String said = Files.readString(output.toPath(), StandardCharsets.UTF_8);
    assertEquals(
        0, ended ? process.exitValue() : -1, () -> String.join(" ", command) + "\n" + said);
    return said;
  }
}
