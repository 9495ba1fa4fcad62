package vn.truc.push;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The published JavaScript SDK against a small server around the hub.
class SdkIT {
  private static final Path SUITE = Path.of("src/test/sdk").toAbsolutePath();

  @TempDir private Path folder = Path.of("");

  @Test
  void thePublishedSdkWorksUnchanged() throws Exception {
    if (!Files.isDirectory(SUITE.resolve("node_modules"))) {
      run(List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"), Map.of());
    }
    try (PushTestServer.Running server = PushTestServer.start(PushSettings.defaults())) {
      run(
          List.of(
              "node",
              "--test",
              "--test-concurrency=1",
              "any/connect.test.js",
              "controlled/tokens.test.js",
              "controlled/recovery.test.js",
              "controlled/slow.test.js"),
          Map.of("TRUC_URL", "http://127.0.0.1:" + server.port(), "TRUC_TOKEN", "an"));
    }
  }

  private void run(List<String> command, Map<String, String> environment)
      throws IOException, InterruptedException {
    File output = folder.resolve(command.getFirst() + ".txt").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(SUITE.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output);
    builder.environment().putAll(environment);
    Process process = builder.start();
    boolean ended = process.waitFor(180, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly().waitFor();
    }
    String said = Files.readString(output.toPath(), StandardCharsets.UTF_8);
    assertEquals(
        0, ended ? process.exitValue() : -1, () -> String.join(" ", command) + "\n" + said);
  }
}
