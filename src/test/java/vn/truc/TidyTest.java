package vn.truc;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The repository looks after itself: what must not stand in it, what must stand in both places,
/// what must lead somewhere. Each rule also proves that it can fail.
class TidyTest {
  private static final int LINES_MAX = 450;

  /// Folders that hold nothing of ours.
  private static final Set<String> SKIPPED =
      Set.of(".git", "target", "node_modules", "dist", "coverage", "data", ".idea", ".vscode");

  private static final Set<String> BINARY = Set.of("png", "ico", "woff2", "jar", "db", "aot", "gz");

  /// Words in two halves, so that this list is not what it looks for.
  private static final List<Pattern> BANNED_ANYWHERE =
      List.of(
          word("(?<![\\w.])/ro", "ot/"),
          word("(?<![\\w.])/wo", "rk/"),
          word("(?<![\\w.])/home/[a-z]", "\\w*/"),
          word("C:\\\\", "Users"),
          word("registry\\.npm", "js"),
          word("registry\\.yarn", "pkg"),
          word("repo1?\\.maven", "\\.(org|apache)"),
          word("pypi\\.", "org"),
          word("(?i)artifac", "tory"),
          word("(?i)\\bjf", "rog"),
          word("(?i)chat", "gpt"),
          word("(?i)\\bclau", "de\\b"),
          word("(?i)\\banthro", "pic\\b"),
          word("(?i)\\bopen", "ai\\b"),
          word("(?i)\\bcopi", "lot\\b"),
          word("(?i)large language ", "model"),
          word("(?i)generated (by|with) (an? )?", "a\\.?i\\b"),
          word("(?i)co-authored", "-by"),
          word("\\bTO", "DO\\b"),
          word("\\bFIX", "ME\\b"),
          word("\\bX", "XX\\b"),
          word("\\bHA", "CK\\b"),
          word("(?m)^<{7}", " "),
          word("(?m)^>{7}", " "));

  private static final List<Pattern> BANNED_IN_MAIN =
      List.of(
          word("System\\.(out|err)\\.", "print"),
          word("\\.print", "StackTrace\\(\\)"),
          word("Thread\\.", "sleep"),
          word("\\bsynchro", "nized\\b"),
          word("@author", "\\b"),
          word("@Suppress", "Warnings\\(\"all\""),
          word("java\\.util\\.", "logging"));

  private static final List<Pattern> BANNED_IN_TESTS =
      List.of(
          word("@Disa", "bled"),
          word("@Ign", "ore\\b"),
          word("\\bAssump", "tions\\b"),
          word("\\bassume[A-Z]\\w*", "\\("),
          word("Thread\\.", "sleep"),
          word("TimeUnit\\.\\w+\\.", "sleep"),
          word("\\b(it|test|describe)\\.(skip|only|todo)", "\\("),
          word("\\borg\\.mock", "ito\\b"));

  private static Pattern word(String first, String second) {
    return Pattern.compile(first + second);
  }

  private static Map<Path, String> files(Predicate<Path> wanted) throws IOException {
    Map<Path, String> files = new TreeMap<>();
    Files.walkFileTree(
        Path.of("."),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return SKIPPED.contains(String.valueOf(folder.getFileName()))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path found, BasicFileAttributes attributes)
              throws IOException {
            Path file = Path.of(".").relativize(found);
            if (attributes.isRegularFile()
                && !SKIPPED.contains(file.toString())
                && !BINARY.contains(ending(file))
                && !ending(file).equals("log")
                && wanted.test(file)) {
              files.put(file, text(found));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }

  private static String text(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }
  }

  private static String ending(Path file) {
    String name = file.getFileName().toString();
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static List<String> found(Map<Path, String> files, List<Pattern> banned) {
    List<String> found = new ArrayList<>();
    files.forEach(
        (file, text) -> {
          for (Pattern pattern : banned) {
            Matcher matcher = pattern.matcher(text);
            while (matcher.find()) {
              long line =
                  1 + text.substring(0, matcher.start()).chars().filter(c -> c == '\n').count();
              found.add(file + ":" + line + ": " + matcher.group());
            }
          }
        });
    return found;
  }

  private static void assertNone(List<String> found) {
    assertTrue(found.isEmpty(), () -> found.stream().collect(joining("\n", "\n", "\n")));
  }

  private static boolean isTest(Path file) {
    return file.startsWith("src/test")
        || file.startsWith("web-static/e2e")
        || file.startsWith("web-static/test")
        || file.toString().endsWith(".test.ts");
  }

  private static boolean isSource(Path file) {
    return Set.of("java", "ts", "js", "css", "html").contains(ending(file));
  }

  @Test
  void noWordStandsThatMustNot() throws Exception {
    assertNone(found(files(_ -> true), BANNED_ANYWHERE));
    assertNone(found(files(file -> file.startsWith("src/main")), BANNED_IN_MAIN));
    assertNone(found(files(TidyTest::isTest), BANNED_IN_TESTS));
  }

  @Test
  void bannedWordsAreSeen() {
    Path file = Path.of("x.java");
    String anywhere = "a\n// TO" + "DO later\nPath.of(\"/ro" + "ot/x\")\nregistry.npm" + "js.org";
    assertEquals(
        Set.of("x.java:2: TO" + "DO", "x.java:3: /ro" + "ot/", "x.java:4: registry.npm" + "js"),
        Set.copyOf(found(Map.of(file, anywhere), BANNED_ANYWHERE)));
    assertEquals(
        2,
        found(Map.of(file, "System.out.print" + "ln(1); synchro" + "nized"), BANNED_IN_MAIN)
            .size());
    assertEquals(
        2,
        found(Map.of(file, "@Disa" + "bled void x() { assume" + "True(y); }"), BANNED_IN_TESTS)
            .size());
  }

  @Test
  void filesCanBeReadInOneSitting() throws Exception {
    List<String> found = new ArrayList<>();
    files(file -> isSource(file) && (file.startsWith("src") || file.startsWith("web-static")))
        .forEach(
            (file, text) -> {
              long lines = text.lines().count();
              if (lines > LINES_MAX) {
                found.add(file + ": " + lines + " lines, at most " + LINES_MAX);
              }
            });
    assertNone(found);
  }

  private static final Pattern LINK = Pattern.compile("\\]\\(([^()\\s]+)\\)");
  private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```$");

  private static List<String> brokenLinks(Path file, String text) throws IOException {
    List<String> broken = new ArrayList<>();
    Matcher link = LINK.matcher(FENCED.matcher(text).replaceAll(""));
    while (link.find()) {
      String target = link.group(1);
      if (target.matches("(https?|mailto):.*")) {
        continue;
      }
      int hash = target.indexOf('#');
      String name = hash < 0 ? target : target.substring(0, hash);
      Path folder = file.getParent() == null ? Path.of("") : file.getParent();
      Path other = name.isEmpty() ? file : folder.resolve(name).normalize();
      if (!other.equals(file) && !Files.exists(other)) {
        broken.add(file + ": " + target + " leads nowhere");
      } else if (hash >= 0) {
        String there = name.isEmpty() ? text : Files.readString(other);
        if (!anchors(there).contains(target.substring(hash + 1))) {
          broken.add(file + ": no heading for " + target);
        }
      }
    }
    return broken;
  }

  private static Set<String> anchors(String markdown) {
    Set<String> anchors = new TreeSet<>();
    FENCED
        .matcher(markdown)
        .replaceAll("")
        .lines()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("^#+\\s*", "").toLowerCase(Locale.ROOT))
        .map(line -> line.replaceAll("[^\\p{L}\\p{N}\\s_-]", "").strip().replaceAll("\\s", "-"))
        .forEach(anchors::add);
    return anchors;
  }

  @Test
  void linksLeadSomewhere() throws Exception {
    List<String> broken = new ArrayList<>();
    Map<Path, String> documents = files(file -> ending(file).equals("md"));
    for (Map.Entry<Path, String> document : documents.entrySet()) {
      broken.addAll(brokenLinks(document.getKey(), document.getValue()));
    }
    assertNone(broken);
    assertEquals(
        2,
        brokenLinks(Path.of("x.md"), "# A\n[a](no.md) [b](#a) [c](#z) [d](https://x.vn)").size());
    for (String name : List.of("EVENTS", "LOG", "IMPORT", "PROTOCOL", "OPERATIONS")) {
      assertTrue(
          documents.getOrDefault(Path.of("README.md"), "").contains("docs/" + name + ".md"), name);
    }
  }

  private static final Pattern METER = Pattern.compile("\"(truc(?:\\.[a-z]+){2,})\"");
  private static final Pattern METER_TOLD = Pattern.compile("\\btruc(?:_[a-z]+){2,}\\b");
  private static final Pattern METER_SUFFIX =
      Pattern.compile("(_(total|seconds|bytes|records|count|sum|max|bucket))+$");

  @Test
  void everyMeterIsExplained() throws Exception {
    Set<String> meters = new TreeSet<>();
    files(file -> file.startsWith("src/main/java"))
        .values()
        .forEach(
            text -> {
              Matcher name = METER.matcher(text);
              while (name.find()) {
                meters.add(name.group(1).replace('.', '_'));
              }
            });
    assertTrue(meters.contains("truc_log_records_taken"), meters.toString());
    String operations = Files.readString(Path.of("docs/OPERATIONS.md"));
    List<String> wrong = new ArrayList<>();
    for (String meter : meters) {
      if (!Pattern.compile("`" + meter + "(_\\w+)?[`{]").matcher(operations).find()) {
        wrong.add(meter + " is not in docs/OPERATIONS.md");
      }
    }
    Matcher told = METER_TOLD.matcher(operations);
    while (told.find()) {
      String name = told.group();
      if (!meters.contains(name)
          && !meters.contains(METER_SUFFIX.matcher(name).replaceFirst(""))
          && meters.stream().noneMatch(meter -> name.matches(meter + METER_SUFFIX.pattern()))) {
        wrong.add(name + " is in docs/OPERATIONS.md and in no code");
      }
    }
    assertNone(wrong);
  }

  private static final Pattern LOGGED =
      Pattern.compile("LOG\\s*\\.(?:error|warn|info|debug|trace)\\(\\s*\"([^\"]*)\"");
  private static final Pattern LOG_FORM = Pattern.compile("[a-z][a-z_]*( [a-z_]+=[^ ]+)*");

  @Test
  void logLinesAreAnEventAndItsKeys() throws Exception {
    String operations = Files.readString(Path.of("docs/OPERATIONS.md"));
    List<String> wrong = new ArrayList<>();
    int[] seen = new int[1];
    files(file -> file.startsWith("src/main/java"))
        .forEach(
            (file, text) -> {
              Matcher logged = LOGGED.matcher(text);
              while (logged.find()) {
                seen[0]++;
                String line = logged.group(1);
                String event = line.split(" ", 2)[0];
                if (!LOG_FORM.matcher(line).matches()) {
                  wrong.add(file + ": '" + line + "' is not `event key=value …`");
                } else if (!operations.contains("`" + event + "`")) {
                  wrong.add(file + ": event '" + event + "' is not in docs/OPERATIONS.md");
                }
              }
            });
    assertNone(wrong);
    assertTrue(seen[0] > 10, "only " + seen[0] + " lines of log were seen");
    assertFalse(LOG_FORM.matcher("Something failed: {}").matches());
  }

  private static final Pattern VERB =
      Pattern.compile("@Command\\(\\s*name = \"([a-z]+)\"[^)]*\\)\\s*static final class (\\w+)");

  @Test
  void everyVerbIsExplained() throws Exception {
    String told =
        Files.readString(Path.of("README.md")) + Files.readString(Path.of("docs/OPERATIONS.md"));
    Set<String> verbs = new TreeSet<>();
    files(file -> file.startsWith("src/main/java/vn/truc/cli"))
        .values()
        .forEach(
            text -> {
              Matcher verb = VERB.matcher(text);
              while (verb.find()) {
                String group = verb.group(2).replaceFirst("[A-Z][a-z]+$", "");
                verbs.add((group.toLowerCase(Locale.ROOT) + " " + verb.group(1)).strip());
              }
            });
    for (String own : List.of("test", "bench", "package")) {
      if (Files.exists(Path.of(".ci", own))) {
        verbs.add(own);
      }
    }
    assertTrue(
        verbs.containsAll(List.of("serve", "key add", "clock set", "test")), verbs.toString());
    assertNone(
        verbs.stream()
            .filter(verb -> !Pattern.compile("\\./truc " + verb + "\\b").matcher(told).find())
            .map(verb -> "./truc " + verb + " is neither in README.md nor in docs/OPERATIONS.md")
            .toList());
  }

  @Test
  void lockFilesNameNoHost() throws Exception {
    Map<Path, String> locks =
        files(file -> file.getFileName().toString().equals("package-lock.json"));
    assertFalse(locks.isEmpty());
    assertNone(found(locks, List.of(Pattern.compile("\"resolved\":\\s*\"https?://[^\"]*"))));
  }
}
