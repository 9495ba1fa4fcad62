package vn.truc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherIT {
  private static final Path LAUNCHER = Path.of("truc").toAbsolutePath();

  @TempDir private Path folder;

  private record Outcome(int code, String out, String err) {}

  private Outcome run(Path launcher, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("TRUC_NO_BUILD", "1");
    builder.environment().put("TRUC_DATA", folder.resolve("data").toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "ends by itself");
    return new Outcome(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  @Test
  void worksThroughASymbolicLinkFromAnotherFolder() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), LAUNCHER);
    assertEquals(new Outcome(0, "truc 0.1.0\n", ""), run(link, Map.of(), "--version"));
  }

  @Test
  void javaThatIsTooOldOrMissingInJavaHomeIsPassedOver() throws Exception {
    Path old = Files.createDirectories(folder.resolve("jdk17/bin"));
    Files.writeString(old.resolveSibling("release"), "JAVA_VERSION=\"17.0.9\"\n");
    Path java = Files.writeString(old.resolve("java"), "#!/bin/sh\nexit 99\n");
    assertTrue(java.toFile().setExecutable(true));
    Outcome outcome =
        run(LAUNCHER, Map.of("JAVA_HOME", folder.resolve("jdk17").toString()), "--version");
    assertEquals(new Outcome(0, "truc 0.1.0\n", ""), outcome);
  }

  @Test
  void vietnameseLettersReachTheTerminal() throws Exception {
    Path config = Files.createDirectories(folder.resolve("cấu hình"));
    Files.writeString(config.resolve("fields.yaml"), "fields: [{id: Đất đai, name: Đất}]\n");
    Outcome outcome =
        run(LAUNCHER, Map.of("LC_ALL", "C.UTF-8"), "check", "--config", config.toString());
    assertEquals(1, outcome.code(), outcome.err());
    assertTrue(outcome.out().startsWith("fields.yaml:1:15: fields[0].id: "), outcome.out());
    assertTrue(outcome.out().contains("'Đất đai'"), outcome.out());
  }

  @Test
  void exitCodesTellUsageFromFailure() throws Exception {
    Outcome usage = run(LAUNCHER, Map.of(), "sevre");
    assertEquals(2, usage.code());
    assertEquals("", usage.out());
    Files.createDirectory(folder.resolve("bad"));
    Files.writeString(folder.resolve("bad/sla.yaml"), "nearDue: soon\n");
    Outcome failed = run(LAUNCHER, Map.of(), "check", "bad");
    assertEquals(1, failed.code());
    assertTrue(failed.out().startsWith("sla.yaml:1:10: nearDue"), failed.out());
  }
}
