package vn.truc.log;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;

/// An [AppendingChild] as a process, with what stands before its command (a tracer, say).
final class ChildProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;

  private ChildProcess(Process process) {
    this.process = process;
    this.output = process.inputReader();
  }

  static ChildProcess start(
      List<String> before,
      Map<String, String> environment,
      Path folder,
      int batch,
      int underWay,
      long answers)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-Dlogback.configurationFile=vn/truc/log/child-logback.xml",
            "-cp",
            System.getProperty("java.class.path"),
            AppendingChild.class.getName(),
            folder.toString(),
            Integer.toString(batch),
            Integer.toString(underWay),
            Long.toString(answers)));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    return new ChildProcess(builder.start());
  }

  /// Fails the test when a tool is missing, and says how to get it.
  static void require(String tool, String debianPackage) {
    boolean found =
        List.of(System.getenv("PATH").split(":")).stream()
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
    Assertions.assertTrue(
        found, "this test needs `" + tool + "`: apt-get install " + debianPackage);
  }

  /// The next line; empty text at the end of the output.
  String line() throws IOException {
    @Nullable String line = output.readLine();
    return line == null ? "" : line;
  }

  List<String> rest() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      lines.add(line);
    }
    return lines;
  }

  boolean alive() {
    return process.isAlive();
  }

  /// SIGKILL; what it wrote before can still be read.
  void kill() throws InterruptedException {
    Assertions.assertTrue(process.toHandle().destroyForcibly());
    awaitEnd();
  }

  int awaitEnd() throws InterruptedException {
    Assertions.assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the child did not end in 60 s");
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
