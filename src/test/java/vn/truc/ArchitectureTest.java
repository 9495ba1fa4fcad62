package vn.truc;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// The arrows between packages and the laws of threads and clocks, as `docs/ARCHITECTURE.md` tells
/// them. Think hard about the layering before a row of these tables changes.
class ArchitectureTest {
  private static final String ROOT = "vn.truc";
  private static final Path DOCUMENT = Path.of("docs/ARCHITECTURE.md");

  /// Who may see whom. The root package sees everything and is seen by nobody.
  private static final Map<String, Set<String>> ARROWS =
      Map.ofEntries(
          Map.entry("event", Set.of()),
          Map.entry("config", Set.of()),
          Map.entry("loop", Set.of()),
          Map.entry("systemd", Set.of()),
          Map.entry("push", Set.of("loop")),
          Map.entry("calendar", Set.of("config")),
          Map.entry("log", Set.of("event", "loop")),
          Map.entry("fold", Set.of("event")),
          Map.entry("access", Set.of("config", "event", "fold")),
          Map.entry("board", Set.of("calendar", "config", "event", "fold")),
          Map.entry("intake", Set.of("access", "event", "log")),
          Map.entry("http", Set.of("access", "board", "event", "intake", "loop")),
          Map.entry("send", Set.of()),
          Map.entry("table", Set.of("config", "send")),
          Map.entry("demo", Set.of("event", "send")),
          Map.entry("cli", Set.of("access", "config", "event")));

  /// Classes that may start a thread, hold a lock or wait for another thread.
  private static final Set<String> MAY_WAIT =
      Set.of(
          "vn.truc.ConfigWatch",
          "vn.truc.Serving",
          "vn.truc.cli.AdminClient",
          "vn.truc.loop.Arrivals",
          "vn.truc.loop.ShortTurns",
          "vn.truc.log.Checkpointer",
          "vn.truc.log.SqliteEventLog",
          "vn.truc.log.SqliteReader",
          "vn.truc.log.SqliteWriter",
          "vn.truc.log.WorkQueue");

  /// Without input or output, without a clock, without Vert.x.
  private static final Set<String> PURE = Set.of("event", "fold", "calendar", "board");

  /// Without a clock; time comes as an argument.
  private static final Set<String> CLOCKLESS =
      Set.of("event", "fold", "config", "calendar", "board", "access", "intake");

  private static final List<String> OUTSIDE =
      List.of(
          "io.vertx.",
          "io.netty.",
          "java.net.",
          "java.nio.file.",
          "java.nio.channels.",
          "java.sql.",
          "java.io.File",
          "java.io.RandomAccessFile",
          "org.slf4j.",
          "io.micrometer.");

  private static final Set<String> CLOCKS =
      Set.of(
          "java.lang.System.currentTimeMillis",
          "java.lang.System.nanoTime",
          "java.time.InstantSource.system",
          "java.time.Instant.now",
          "java.time.LocalDate.now",
          "java.time.LocalDateTime.now",
          "java.time.OffsetDateTime.now",
          "java.time.ZonedDateTime.now",
          "java.time.Clock.systemUTC",
          "java.time.Clock.system",
          "java.time.Clock.systemDefaultZone");

  private static final List<String> WAITING =
      List.of(
          "java.util.concurrent.locks.",
          "java.util.concurrent.CountDownLatch",
          "java.util.concurrent.CyclicBarrier",
          "java.util.concurrent.Semaphore",
          "java.util.concurrent.Phaser",
          "java.util.concurrent.Executor",
          "java.util.concurrent.CompletableFuture",
          "java.util.concurrent.BlockingQueue",
          "java.util.concurrent.LinkedBlocking",
          "java.util.concurrent.ArrayBlocking");

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  private static String feature(String packageName) {
    if (!packageName.startsWith(ROOT + ".")) {
      return "";
    }
    String rest = packageName.substring(ROOT.length() + 1);
    int dot = rest.indexOf('.');
    return dot < 0 ? rest : rest.substring(0, dot);
  }

  private static String outer(JavaClass type) {
    String name = type.getName();
    int dollar = name.indexOf('$');
    return dollar < 0 ? name : name.substring(0, dollar);
  }

  /// `from -> to` with one place each, for every arrow in the code: what classes use, and what
  /// sources import, since the compiler leaves no trace of constants.
  private static Map<String, String> arrows() {
    Map<String, String> arrows = imported();
    for (JavaClass type : MAIN) {
      String from = feature(type.getPackageName());
      type.getDirectDependenciesFromSelf()
          .forEach(
              dependency -> {
                String target = dependency.getTargetClass().getBaseComponentType().getPackageName();
                boolean ours = target.equals(ROOT) || target.startsWith(ROOT + ".");
                if (ours && !from.equals(feature(target))) {
                  arrows.putIfAbsent(from + " -> " + feature(target), dependency.getDescription());
                }
              });
    }
    return arrows;
  }

  private static final Pattern IMPORT =
      Pattern.compile("(?m)^import (?:static )?vn\\.truc(?:\\.([a-z]+))?\\.[A-Z*].*$");

  private static Map<String, String> imported() {
    Path sources = Path.of("src/main/java/vn/truc");
    Map<String, String> arrows = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(sources)) {
      for (Path file : walk.filter(path -> path.toString().endsWith(".java")).toList()) {
        Path inside = sources.relativize(file);
        String from = inside.getNameCount() == 1 ? "" : inside.getName(0).toString();
        Matcher found = IMPORT.matcher(Files.readString(file));
        while (found.find()) {
          String to = found.group(1) == null ? "" : found.group(1);
          if (!from.equals(to)) {
            arrows.putIfAbsent(from + " -> " + to, file + ": " + found.group());
          }
        }
      }
      return arrows;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> unallowed(Map<String, Set<String>> allowed) {
    List<String> found = new ArrayList<>();
    arrows()
        .forEach(
            (arrow, place) -> {
              String from = arrow.substring(0, arrow.indexOf(' '));
              String to = arrow.substring(arrow.lastIndexOf(' ') + 1);
              if (!from.isEmpty() && !allowed.getOrDefault(from, Set.of()).contains(to)) {
                found.add(arrow + ": " + place);
              }
            });
    return found;
  }

  /// What classes do that is told by name, as `class: what`.
  private static List<String> accesses(Predicate<JavaClass> where, Predicate<String> what) {
    List<String> found = new ArrayList<>();
    for (JavaClass type : MAIN) {
      if (where.test(type)) {
        for (JavaAccess<?> access : type.getAccessesFromSelf()) {
          String name = access.getTargetOwner().getName() + "." + access.getName();
          if (what.test(name)) {
            found.add(access.getDescription());
          }
        }
      }
    }
    return found;
  }

  private static List<String> dependencies(Predicate<JavaClass> where, List<String> prefixes) {
    List<String> found = new ArrayList<>();
    for (JavaClass type : MAIN) {
      if (where.test(type)) {
        type.getDirectDependenciesFromSelf().stream()
            .filter(one -> prefixes.stream().anyMatch(one.getTargetClass().getName()::startsWith))
            .forEach(one -> found.add(one.getDescription()));
      }
    }
    return found;
  }

  private static void assertNone(List<String> found) {
    assertTrue(found.isEmpty(), () -> found.stream().sorted().collect(joining("\n", "\n", "\n")));
  }

  @Test
  void arrowsPointOneWay() {
    assertNone(unallowed(ARROWS));
  }

  @Test
  void aRowLessIsNoticed() {
    for (Map.Entry<String, Set<String>> row : ARROWS.entrySet()) {
      for (String target : row.getValue()) {
        Map<String, Set<String>> less = new TreeMap<>(ARROWS);
        Set<String> rest = new HashSet<>(row.getValue());
        rest.remove(target);
        less.put(row.getKey(), rest);
        assertEquals(
            1,
            unallowed(less).size(),
            row.getKey() + " -> " + target + " is allowed and nobody needs it");
      }
    }
  }

  @Test
  void everyPackageHasItsRowAndItsLine() throws Exception {
    Set<String> packages = new TreeSet<>();
    MAIN.forEach(type -> packages.add(feature(type.getPackageName())));
    packages.remove("");
    assertEquals(new TreeSet<>(ARROWS.keySet()), packages);
    String document = Files.readString(DOCUMENT);
    packages.forEach(name -> assertTrue(document.contains("| `" + name + "` |"), name));
  }

  @Test
  void tableOfArrowsHasNoCircle() {
    Map<String, Set<String>> left = new TreeMap<>(ARROWS);
    Deque<String> leaves = new ArrayDeque<>();
    do {
      leaves.clear();
      left.forEach(
          (from, targets) -> {
            if (targets.stream().noneMatch(left::containsKey)) {
              leaves.add(from);
            }
          });
      leaves.forEach(left::remove);
    } while (!leaves.isEmpty());
    assertEquals(Map.of(), left);
  }

  @Test
  void nobodySeesTheRootPackage() {
    assertNone(arrows().keySet().stream().filter(arrow -> arrow.endsWith("-> ")).toList());
  }

  @Test
  void packagesAreNullMarked() {
    Set<String> names = new TreeSet<>();
    MAIN.forEach(type -> names.add(type.getPackageName()));
    for (String name : names) {
      assertTrue(
          MAIN.getPackage(name).isAnnotatedWith(NullMarked.class),
          name + " has no package-info with @NullMarked");
    }
  }

  @Test
  void coreIsPure() {
    assertNone(dependencies(type -> PURE.contains(feature(type.getPackageName())), OUTSIDE));
    assertFalse(
        dependencies(type -> feature(type.getPackageName()).equals("log"), OUTSIDE).isEmpty(),
        "the rule sees the log's input and output");
  }

  @Test
  void timeIsAnArgument() {
    assertNone(
        accesses(type -> CLOCKLESS.contains(feature(type.getPackageName())), CLOCKS::contains));
    assertFalse(
        accesses(type -> feature(type.getPackageName()).equals("log"), CLOCKS::contains).isEmpty(),
        "the rule sees the log's clock");
  }

  @Test
  void waitingIsWhereTheDocumentSays() throws Exception {
    Predicate<JavaClass> others = type -> !MAY_WAIT.contains(outer(type));
    assertNone(dependencies(others, WAITING));
    assertNone(
        accesses(
            others,
            name ->
                name.equals("java.lang.Thread.ofPlatform")
                    || name.equals("java.lang.Thread.ofVirtual")
                    || name.equals("java.lang.Thread.<init>")
                    || name.equals("java.lang.Thread.join")
                    || name.equals("java.lang.Object.wait")));
    String document = Files.readString(DOCUMENT);
    for (String name : MAY_WAIT) {
      assertTrue(MAIN.contain(name), name + " is gone");
      String simple = name.substring(name.lastIndexOf('.') + 1);
      assertTrue(document.contains("`" + simple + "`"), simple + " is not in " + DOCUMENT);
    }
  }

  @Test
  void nothingSleepsOrBlocksALoop() {
    assertNone(
        accesses(
            _ -> true,
            name ->
                name.endsWith(".executeBlocking")
                    || name.equals("java.lang.Thread.sl" + "eep")
                    || name.equals("java.util.concurrent.TimeUnit.sleep")
                    || name.equals("io.vertx.core.Future.await")));
    assertNone(dependencies(_ -> true, List.of("io.vertx.core.AbstractVerticle")));
    for (JavaClass type : MAIN) {
      type.getMethods()
          .forEach(
              method ->
                  assertFalse(
                      method.getModifiers().contains(JavaModifier.SYNCHRONIZED),
                      method.getFullName()));
    }
  }

  @Test
  void stateOfTheLoopNeedsNoAtomics() {
    assertNone(
        dependencies(
            type -> Set.of("board", "push", "access").contains(feature(type.getPackageName())),
            List.of("java.util.concurrent.atomic.", "java.util.concurrent.Concurrent")));
  }

  @Test
  void publicTypesAreRecordsOrClosed() {
    List<String> found = new ArrayList<>();
    for (JavaClass type : MAIN) {
      boolean open =
          type.getModifiers().contains(JavaModifier.PUBLIC)
              && !type.isInterface()
              && !type.isEnum()
              && !type.isRecord()
              && !type.isAssignableTo(Throwable.class)
              && !type.getModifiers().contains(JavaModifier.FINAL);
      if (open) {
        found.add(type.getName() + " is public, no record, and open to extension");
      }
      type.getFields().stream()
          .filter(field -> !field.getModifiers().contains(JavaModifier.FINAL))
          .filter(
              field ->
                  field.getModifiers().contains(JavaModifier.PUBLIC)
                      || field.getModifiers().contains(JavaModifier.STATIC))
          .forEach(field -> found.add(field.getFullName() + " is mutable and public or static"));
    }
    assertNone(found);
  }

  @Test
  void settingsAreRecordsWithDefaults() {
    List<String> settings = new ArrayList<>();
    for (JavaClass type : MAIN) {
      if (type.getSimpleName().endsWith("Settings") && type.isTopLevelClass()) {
        settings.add(type.getName());
        assertTrue(type.isRecord(), type.getName());
        assertTrue(
            type.tryGetMethod("defaults")
                .filter(method -> method.getModifiers().contains(JavaModifier.STATIC))
                .isPresent(),
            type.getName() + " has no defaults()");
      }
    }
    assertTrue(settings.contains("vn.truc.push.PushSettings"), settings.toString());
  }
}
