package vn.truc.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A process of its own on processor 0; this one and its load are on processor 1.
final class Child implements AutoCloseable {
  private static final int SERVER_PROCESSOR = 0;

  /// Clock ticks a second in `/proc`: 100 on every Linux of today.
  private static final double TICKS_A_SECOND = 100;

  private final Process process;
  private final BufferedReader out;

  private Child(Process process) {
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
  }

  private static ProcessBuilder builder(List<String> command) {
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
  }

  private static Child pinned(List<String> command) throws IOException {
    List<String> pinned =
        new ArrayList<>(List.of("taskset", "-c", Integer.toString(SERVER_PROCESSOR)));
    pinned.addAll(command);
    return new Child(builder(pinned).start());
  }

  /// The packaged server, started as everybody starts it.
  static Child server(Path root, Path data, Path config) throws IOException {
    return server(root, data, config, Store.SQLITE);
  }

  /// The packaged server on a store, `sqlite` or an address.
  static Child server(Path root, Path data, Path config, Store store) throws IOException {
    return pinned(
        List.of(
            root.resolve("truc").toString(),
            "serve",
            "--port",
            "0",
            "--data",
            data.toString(),
            "--config",
            config.toString(),
            "--store",
            store.address()));
  }

  /// Where a server keeps its log.
  record Store(String address) {
    static final Store SQLITE = new Store("sqlite");
  }

  /// The packaged server with more options for its Java.
  static Child server(Path root, Path data, Path config, String javaOptions) throws IOException {
    List<String> command =
        List.of(
            "env",
            "TRUC_JAVA_OPTIONS=" + javaOptions,
            "taskset",
            "-c",
            Integer.toString(SERVER_PROCESSOR),
            root.resolve("truc").toString(),
            "serve",
            "--port",
            "0",
            "--data",
            data.toString(),
            "--config",
            config.toString());
    return new Child(builder(command).start());
  }

  /// A main class of this package, under the flags of the server.
  static Child reference(Class<?> main, String... arguments) throws IOException {
    return reference(main, List.of(), arguments);
  }

  /// The same with more options for its Java.
  static Child reference(Class<?> main, List<String> javaOptions, String... arguments)
      throws IOException {
    return reference(main.getName(), javaOptions, arguments);
  }

  /// A main class by its name.
  static Child reference(String main, List<String> javaOptions, String... arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(javaOptions);
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders",
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED",
            "-Dio.netty.tryReflectionSetAccessible=false",
            "-cp",
            System.getProperty("java.class.path"),
            main));
    command.addAll(List.of(arguments));
    return pinned(command);
  }

  /// A main class of this package as load: on the processor of this one, behind it.
  static Child load(Class<?> main, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "nice",
                "-n",
                "19",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(List.of(arguments));
    return new Child(builder(command).start());
  }

  /// Ends its standard input, and so what it does.
  void endInput() throws IOException {
    process.getOutputStream().close();
  }

  /// The last line of a verb of the launcher.
  static String verb(Path root, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(root.resolve("truc").toString()));
    command.addAll(List.of(arguments));
    Process run = builder(command).start();
    List<String> lines = run.inputReader(StandardCharsets.UTF_8).lines().toList();
    if (run.waitFor() != 0 || lines.isEmpty()) {
      throw new IOException("truc " + String.join(" ", arguments) + " failed");
    }
    return lines.getLast().strip();
  }

  /// Waits for the port in the first line that names an address.
  int port() throws IOException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("http://")) {
        return java.net.URI.create(line.strip()).getPort();
      }
    }
    throw new IOException("the process ended before it printed its address");
  }

  /// Everything it prints.
  BufferedReader out() {
    return out;
  }

  /// The next line it prints.
  String line() throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new IOException("the process ended");
    }
    return line;
  }

  /// Sends a line to its standard input.
  void tell(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  /// Seconds of processor time its threads took so far, in user and kernel mode; without the
  /// just-in-time compiler, whose work ends while a server's goes on.
  double processorSeconds() throws IOException {
    long ticks = 0;
    try (Stream<Path> threads =
        Files.list(Path.of("/proc", Long.toString(process.pid()), "task"))) {
      for (Path thread : threads.toList()) {
        ticks += ticks(thread.resolve("stat"));
      }
    }
    return ticks / TICKS_A_SECOND;
  }

  private static long ticks(Path stat) throws IOException {
    String line;
    try {
      line = Files.readString(stat);
    } catch (NoSuchFileException _) {
      return 0; // it ended meanwhile
    }
    if (line.contains("CompilerThre")) {
      return 0;
    }
    List<String> fields = List.of(line.substring(line.lastIndexOf(')') + 2).split(" ", -1));
    return Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12));
  }

  /// Resident memory, in bytes.
  long residentBytes() throws IOException {
    for (String line :
        Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1_024;
      }
    }
    throw new IOException("the kernel does not tell the resident memory");
  }

  /// Bytes of the heap in use after a full collection, of the serial collector.
  long heapBytes() throws IOException, InterruptedException {
    jcmd("GC.run");
    String told = jcmd("GC.heap_info");
    long sum = 0;
    java.util.regex.Matcher used =
        java.util.regex.Pattern.compile("(?:DefNew|Tenured) +total \\d+K, used (\\d+)K")
            .matcher(told);
    while (used.find()) {
      sum += Long.parseLong(used.group(1)) * 1_024;
    }
    if (sum == 0) {
      throw new IOException("no use of the heap in: " + told);
    }
    return sum;
  }

  /// Resident bytes outside the heap of the serial collector.
  long outsideBytes() throws IOException, InterruptedException {
    long low = Long.MAX_VALUE;
    long high = 0;
    java.util.regex.Matcher range =
        java.util.regex.Pattern.compile("\\[0x(\\p{XDigit}+), 0x\\p{XDigit}+, 0x(\\p{XDigit}+)\\)")
            .matcher(jcmd("GC.heap_info"));
    while (range.find()) {
      low = Math.min(low, Long.parseLong(range.group(1), 16));
      high = Math.max(high, Long.parseLong(range.group(2), 16));
    }
    long heap = 0;
    boolean inside = false;
    for (String line :
        Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "smaps"))) {
      int dash = line.indexOf('-');
      if (dash > 0 && line.substring(0, dash).matches("\\p{XDigit}+")) {
        long start = Long.parseUnsignedLong(line.substring(0, dash), 16);
        inside = Long.compareUnsigned(start, low) >= 0 && Long.compareUnsigned(start, high) < 0;
      } else if (inside && line.startsWith("Rss:")) {
        heap += Long.parseLong(line.replaceAll("\\D", "")) * 1_024;
      }
    }
    if (heap == 0) {
      throw new IOException("the heap is not among the mappings");
    }
    return residentBytes() - heap;
  }

  private String jcmd(String command) throws IOException, InterruptedException {
    Process run =
        builder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                    Long.toString(process.pid()),
                    command))
            .start();
    String told = String.join("\n", run.inputReader(StandardCharsets.UTF_8).lines().toList());
    if (run.waitFor() != 0) {
      throw new IOException("jcmd " + command + " failed: " + told);
    }
    return told;
  }

  /// Ends it as a power cut would.
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  @Override
  public void close() {
    process.destroy();
    boolean alive =
        process.onExit().completeOnTimeout(process, 12, TimeUnit.SECONDS).join().isAlive();
    if (alive) {
      process.destroyForcibly();
    }
  }
}
