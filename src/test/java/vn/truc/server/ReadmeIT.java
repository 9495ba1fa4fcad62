package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The first fact of the README, pasted as it stands, failed four times of four: `serve &` and
/// `key add` raced for the folder, and the fact came before anybody listened.
class ReadmeIT {
  private static final Pattern FIRST =
      Pattern.compile("## Sự kiện đầu tiên\n\n```sh\n(.*?)```", Pattern.DOTALL);
  private static final Path LAUNCHER = Path.of("truc").toAbsolutePath();

  @TempDir private Path folder = Path.of("");

  private static String firstFact() throws Exception {
    Matcher found = FIRST.matcher(Files.readString(Path.of("README.md")));
    assertTrue(found.find(), "the README has a first fact");
    return found.group(1);
  }

  private static String head(String said) {
    return said.lines().map(line -> line.substring(0, Math.min(200, line.length()))).toList() + "";
  }

  /// Runs it in an empty folder, on a port of its own, and ends what it began.
  private String pasted(String script) throws Exception {
    Path link = folder.resolve("truc");
    if (!Files.exists(link)) {
      Files.createSymbolicLink(link, LAUNCHER);
    }
    int port = HeldStart.freePort();
    Path out = folder.resolve("out.txt");
    ProcessBuilder builder =
        new ProcessBuilder(
                "bash",
                "-c",
                "trap 'kill $(jobs -p); wait' EXIT\n" + script.replace("8080", "" + port))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    builder.environment().put("TRUC_NO_BUILD", "1");
    builder.environment().put("TRUC_DATA", folder.resolve("data").toString());
    builder.environment().put("TRUC_PORT", "" + port);
    Process process = builder.start();
    process.getOutputStream().close();
    if (!process.waitFor(90, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new AssertionError("it does not end\n" + Files.readString(out));
    }
    return Files.readString(out, StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"./truc serve", "(sleep 3; exec ./truc serve)"})
  void theFirstFactIsTakenWhoeverComesFirst(String serve) throws Exception {
    String script = firstFact();
    assertTrue(script.contains("./truc serve &"), script);
    String said = pasted(script.replace("./truc serve &", serve + " &"));
    assertTrue(
        said.contains("{\"accepted\":1,\"duplicates\":0,\"rejected\":[],\"rejectedCount\":0}"),
        () -> head(said));
    assertTrue(said.contains("\"feedback.received.today\":1"), () -> head(said));
  }

  @Test
  void aServerWaitsForAVerbThatHasItsFolder() throws Exception {
    Path data = Files.createDirectories(folder.resolve("data"));
    try (FileChannel held =
            FileChannel.open(
                data.resolve("truc.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = held.lock()) {
      assertTrue(lock.isValid(), "held");
      try (RunningServer.Starting starting = RunningServer.begin(data)) {
        CompletableFuture<RunningServer> serving =
            CompletableFuture.supplyAsync(
                () -> {
                  try {
                    return starting.serving();
                  } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                });
        for (int i = 0; i < 200; i++) {
          assertTrue(starting.alive(), "it waits");
        }
        lock.release();
        try (RunningServer server = serving.get(30, TimeUnit.SECONDS)) {
          assertEquals(200, server.get("/healthz", "").status());
        }
      }
    }
  }

  @Test
  void aVerbWaitsForAServerThatIsStarting() throws Exception {
    Path data = folder.resolve("data");
    try (RunningServer before = RunningServer.start(data)) {
      assertEquals(0, before.stop());
    }
    CompletableFuture<RunningServer.Ran> verb = new CompletableFuture<>();
    try (FileChannel held = FileChannel.open(data.resolve("truc.lock"), StandardOpenOption.WRITE);
        FileLock lock = held.lock()) {
      assertTrue(lock.isValid(), "a start has the folder, and does not answer yet");
      verb.completeAsync(
          () -> {
            try {
              return RunningServer.verb(data, "key", "add", "--source", Fact.SOURCE, "--name", "x");
            } catch (java.io.IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });
      assertThrows(TimeoutException.class, () -> verb.get(4, TimeUnit.SECONDS), "it waits");
    }
    RunningServer.Ran ran = verb.get(30, TimeUnit.SECONDS);
    assertEquals(0, ran.code(), ran::toString);
    assertTrue(ran.out().strip().startsWith("truc_"), ran::toString);
  }
}
