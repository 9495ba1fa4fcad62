package vn.truc.mutants;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/// Changes one operator of one line of a package, runs the package's own unit tests, and prints the
/// changes none of them saw. A seed chooses the changes: the same seed, the same sources, the same
/// sample.
///
/// Arguments: the project folder, how many changes a package, the seed, then packages (`board`).
/// Exit code 0, also where changes were not seen; 1 where the unchanged tests fail.
public final class Mutants {
  /// A changed loop may never end: it counts as seen after this many times the unchanged run, and
  /// ten seconds.
  private static final int PATIENCE = 4;

  private static final Path JUDGED = Path.of("src/test/resources/vn/truc/mutants/equal.txt");

  private final Path root;
  private final String pack;
  private final Path work;
  private List<String> classes = List.of();
  private long limitMillis = TimeUnit.MINUTES.toMillis(15);

  private Mutants(Path root, String pack, Path work) {
    this.root = root;
    this.pack = pack;
    this.work = work;
  }

  private enum Fate {
    SEEN,
    UNSEEN,
    NOT_COMPILED
  }

  private record Judged(Mutant mutant, Fate fate, String by) {}

  /// Entry point.
  public static void main(String[] arguments) throws Exception {
    Path root = Path.of(arguments[0]);
    int count = Integer.parseInt(arguments[1]);
    long seed = Long.parseLong(arguments[2]);
    Path work = Files.createTempDirectory("truc-mutants");
    boolean sampled = true;
    for (String pack : List.of(arguments).subList(3, arguments.length)) {
      sampled &= new Mutants(root, pack, work).sample(count, seed);
    }
    delete(work);
    System.exit(sampled ? 0 : 1);
  }

  private boolean sample(int count, long seed) throws Exception {
    classes = testClasses();
    if (classes.isEmpty()) {
      System.out.println(pack + ": no unit tests");
      return false;
    }
    if (!baseline()) {
      return false;
    }
    List<Mutant> all = points();
    Set<String> equal = judgedEqual();
    Collections.shuffle(all, new Random(seed));
    List<Judged> judged = new ArrayList<>();
    int skipped = 0;
    int jobs = Math.max(1, Runtime.getRuntime().availableProcessors());
    try (ExecutorService pool = Executors.newFixedThreadPool(jobs)) {
      int next = 0;
      while (judged.size() < count && next < all.size()) {
        List<Future<Judged>> running = new ArrayList<>();
        while (running.size() < Math.min(jobs, count - judged.size()) && next < all.size()) {
          Mutant mutant = all.get(next++);
          if (equal.contains(mutant.identity())) {
            skipped++;
          } else {
            running.add(pool.submit((Callable<Judged>) () -> judge(mutant)));
          }
        }
        for (Future<Judged> one : running) {
          Judged done = done(one);
          if (done.fate() != Fate.NOT_COMPILED) {
            judged.add(done);
            tell(done);
          }
        }
      }
    }
    long seen = judged.stream().filter(one -> one.fate() == Fate.SEEN).count();
    System.out.printf(
        Locale.ROOT,
        "%s: %d of %d seen (%.0f %%), seed %d, of %d places; %d changed nothing, by hand%n",
        pack,
        seen,
        judged.size(),
        judged.isEmpty() ? 0 : 100.0 * seen / judged.size(),
        seed,
        all.size(),
        skipped);
    return true;
  }

  private static Judged done(Future<Judged> one) throws InterruptedException {
    try {
      return one.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private static void tell(Judged one) {
    Mutant mutant = one.mutant();
    if (one.fate() == Fate.UNSEEN) {
      System.out.printf(
          "NOT SEEN %s:%d%n  - %s%n  + %s%n",
          mutant.file(), mutant.line(), mutant.before().strip(), mutant.after().strip());
    } else {
      System.err.printf("seen %s:%d by %s%n", mutant.file(), mutant.line(), one.by());
    }
  }

  /// Runs the tests as they are: they must pass, and their time is what a changed run is held to.
  private boolean baseline() throws IOException, InterruptedException {
    long begun = System.nanoTime();
    Outcome outcome = run(null);
    long millis = (System.nanoTime() - begun) / 1_000_000;
    if (outcome.code() != 0) {
      System.out.println(pack + ": the unchanged tests do not pass\n" + outcome.output());
      return false;
    }
    classes = MutantRun.quickestFirst(outcome.output(), classes);
    limitMillis = millis * PATIENCE + 10_000;
    System.err.printf("%s: %d test classes, %d ms unchanged%n", pack, classes.size(), millis);
    return true;
  }

  private Judged judge(Mutant mutant) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(work, "m");
    try {
      if (!compile(mutant, folder)) {
        return new Judged(mutant, Fate.NOT_COMPILED, "");
      }
      Outcome outcome = run(folder);
      if (outcome.code() == 0) {
        return new Judged(mutant, Fate.UNSEEN, "");
      }
      String by =
          outcome
              .output()
              .lines()
              .filter(line -> line.startsWith("failed "))
              .map(line -> line.substring("failed ".length()))
              .findFirst()
              .orElse(outcome.code() < 0 ? "time" : "exit " + outcome.code());
      return new Judged(mutant, Fate.SEEN, by);
    } finally {
      delete(folder);
    }
  }

  private boolean compile(Mutant mutant, Path folder) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(folder));
      return compiler
          .getTask(
              null,
              files,
              _ -> {},
              List.of(
                  "-proc:none",
                  "-nowarn",
                  "-implicit:none",
                  "-parameters",
                  "-cp",
                  System.getProperty("java.class.path")),
              null,
              List.of(MutationPoints.memory(mutant.file(), mutant.source())))
          .call();
    }
  }

  private record Outcome(int code, String output) {}

  /// Runs the tests with the classes of a folder first. Code −1: they did not end.
  private Outcome run(@org.jspecify.annotations.Nullable Path first)
      throws IOException, InterruptedException {
    String path = System.getProperty("java.class.path");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Xmx2g", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", first == null ? path : first + File.pathSeparator + path));
    command.add(MutantRun.class.getName());
    command.addAll(classes);
    Path output = Files.createTempFile(work, "run", ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(root.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(limitMillis, TimeUnit.MILLISECONDS);
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
    String text = new String(Files.readAllBytes(output), java.nio.charset.StandardCharsets.UTF_8);
    Files.delete(output);
    return new Outcome(ended ? process.exitValue() : -1, text);
  }

  private List<Mutant> points() throws IOException {
    Path sources = root.resolve("src/main/java");
    List<Mutant> all = new ArrayList<>();
    for (Path file : below(sources.resolve("vn/truc").resolve(pack), ".java")) {
      all.addAll(
          MutationPoints.of(
              sources.relativize(file).toString().replace(File.separatorChar, '/'),
              Files.readString(file)));
    }
    return all;
  }

  private List<String> testClasses() throws IOException {
    Path tests = root.resolve("src/test/java");
    return below(tests.resolve("vn/truc").resolve(pack), "Test.java").stream()
        .map(file -> tests.relativize(file).toString())
        .map(name -> name.substring(0, name.length() - ".java".length()))
        .map(name -> name.replace(File.separatorChar, '.'))
        .toList();
  }

  private static List<Path> below(Path folder, String suffix) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    }
  }

  /// Changes that were looked at and change nothing; the lines after a `#` say why.
  private Set<String> judgedEqual() throws IOException {
    return Files.readAllLines(root.resolve(JUDGED)).stream()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .collect(Collectors.toSet());
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
