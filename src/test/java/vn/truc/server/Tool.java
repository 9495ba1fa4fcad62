package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A program of this machine that only tests need. One that is missing fails the test and names its
/// package.
final class Tool {
  private static final long END_SECONDS = 20;

  private Tool() {}

  /// The full path of a program.
  static Path find(String name, String debianPackage) {
    return Stream.concat(
            Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin", "/usr/bin"))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new AssertionError(
                    "this test needs `" + name + "`: apt-get install " + debianPackage));
  }

  /// SIGTERM; returns when the process is gone.
  static void end(Process process, String name) {
    process.destroy();
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(name + " does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /// What a program said, on both its outputs, and its exit code.
  record Said(int code, String text) {
    /// What it said, when it ended well.
    String well() {
      assertEquals(0, code, text);
      return text;
    }
  }

  /// Runs a program to its end.
  static Said run(String... command) throws IOException, InterruptedException {
    return fed("", command);
  }

  /// Runs a program to its end with a text on its standard input.
  static Said fed(String input, String... command) throws IOException, InterruptedException {
    Path fed = Files.createTempFile("truc-tool", ".in");
    Files.writeString(fed, input);
    Process process =
        new ProcessBuilder(List.of(command))
            .redirectErrorStream(true)
            .redirectInput(fed.toFile())
            .start();
    try (InputStream output = process.getInputStream()) {
      String said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      return new Said(process.waitFor(), said);
    } finally {
      Files.delete(fed);
    }
  }
}
