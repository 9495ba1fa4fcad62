package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.event.Rejection;
import vn.truc.intake.IntakeException;

/// docs/EVENTS.md tells the truth: each command in it is run by a shell, in order, against the
/// packaged server, and the answer is that of the document to the byte, but for the indentation of
/// JSON. Whatever the door can answer is shown there.
class EventsDocIT {
  private static final Path DOCUMENT = Path.of("docs/EVENTS.md");

  /// A command and its answer; a comment before them may name the server they are for.
  private static final Pattern EXAMPLE =
      Pattern.compile(
          "(?:<!-- server: ([a-z]+) -->\n\n)?```sh\n([^`]*?)```\n\n```http\n(.*?)```",
          Pattern.DOTALL);

  private static final Pattern NARROW = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
  private static final Pattern STATUS = Pattern.compile("\\b[45]\\d\\d\\b");
  private static final int COLUMNS = 110;

  /// Not to be had from a server in order: a fault is what we do not know of.
  private static final Set<String> TOLD_ONLY =
      Set.of("fault", "fold-stopped", "unreadable", "fold-failed", "key-revoked");

  @TempDir private Path folder = Path.of("");

  private record Example(String server, String command, String answer) {}

  private static List<Example> examples() throws IOException {
    List<Example> examples = new ArrayList<>();
    Matcher found = EXAMPLE.matcher(Files.readString(DOCUMENT));
    while (found.find()) {
      String server = found.group(1) == null ? "" : found.group(1);
      examples.add(new Example(server, found.group(2), found.group(3)));
    }
    return examples;
  }

  /// Writes the answers into the document anew.
  public static void main(String[] args) throws Exception {
    Path folder = Files.createTempDirectory("events-doc");
    String document = Files.readString(DOCUMENT);
    try (Servers servers = new Servers(folder)) {
      Matcher found = EXAMPLE.matcher(document);
      StringBuilder written = new StringBuilder();
      int at = 0;
      while (found.find()) {
        String server = found.group(1) == null ? "" : found.group(1);
        written.append(document, at, found.start(3));
        written.append(shown(servers.answer(server, found.group(2))));
        at = found.end(3);
      }
      Files.writeString(DOCUMENT, written.append(document.substring(at)));
    }
  }

  @Test
  void everyCommandIsAnsweredAsWritten() throws Exception {
    List<Example> examples = examples();
    assertTrue(examples.size() > 40, "examples found: " + examples.size());
    try (Servers servers = new Servers(folder)) {
      for (Example example : examples) {
        String real = servers.answer(example.server(), example.command());
        assertEquals(unindented(example.answer()), real, example::command);
      }
    }
  }

  @Test
  void everyReasonAndEveryStatusIsShown() throws IOException {
    String document = Files.readString(DOCUMENT);
    String answers =
        String.join("\n", examples().stream().map(one -> unindented(one.answer())).toList());
    List<String> missing = new ArrayList<>();
    for (Rejection.Reason reason : Rejection.Reason.values()) {
      assertTrue(document.contains("### `" + reason.label() + "`"), reason.label());
      told(document, answers, reason.label(), missing);
    }
    for (IntakeException.Reason reason : IntakeException.Reason.values()) {
      told(document, answers, reason.label(), missing);
    }
    for (String status : statuses()) {
      expect(answers, "HTTP/1.1 " + status + " ", missing);
    }
    assertEquals(List.of(), missing, "no answer shows");
  }

  private static void told(String document, String answers, String reason, List<String> missing) {
    if (TOLD_ONLY.contains(reason)) {
      expect(document, "`" + reason + "`", missing);
    } else {
      expect(answers, "\"reason\":\"" + reason + "\"", missing);
    }
  }

  private static void expect(String text, String part, List<String> missing) {
    if (!text.contains(part)) {
      missing.add(part);
    }
  }

  /// Every status the door's handlers name, and those of the reasons.
  private static Set<String> statuses() throws IOException {
    Set<String> statuses = new TreeSet<>(Set.of("202"));
    for (String file : List.of("EventsHandler", "NdjsonBody", "Receipts", "Methods", "Gate")) {
      String code = Files.readString(Path.of("src/main/java/vn/truc/http/" + file + ".java"));
      STATUS.matcher(code).results().forEach(found -> statuses.add(found.group()));
    }
    Stream.of(IntakeException.Reason.values())
        .forEach(reason -> statuses.add(Integer.toString(reason.status())));
    assertTrue(
        statuses.containsAll(Set.of("400", "401", "403", "413", "415", "422")), "" + statuses);
    return statuses;
  }

  /// The servers the document speaks to, each with a key of the hotline.
  private static final class Servers implements AutoCloseable {
    private final Path folder;
    private final RunningServer usual;
    private final RunningServer narrow;
    private final String usualKey;
    private final String narrowKey;

    Servers(Path folder) throws IOException {
      this.folder = folder;
      usual = RunningServer.start(folder.resolve("usual"), "--clock", Fact.CLOCK);
      usualKey = usual.key(Fact.SOURCE);
      Path config = ConfigCopy.in(folder);
      Matcher limits = NARROW.matcher(Files.readString(DOCUMENT));
      assertTrue(limits.find(), "the limits of the narrow server");
      Files.writeString(config.resolve("truc.yaml"), limits.group(1));
      narrow =
          RunningServer.start(
              folder.resolve("narrow"), "--clock", Fact.CLOCK, "--config", config.toString());
      narrowKey = narrow.key(Fact.SOURCE);
    }

    String answer(String server, String command) throws Exception {
      return switch (server) {
        case "" -> run(usual.url(), usualKey, command);
        case "narrow" -> run(narrow.url(), narrowKey, command);
        case "locked" -> locked(command);
        case "starting" -> starting(command);
        case "stopping" -> stopping(command);
        default -> throw new AssertionError("no such server: " + server);
      };
    }

    private static Connection lock(Path data) throws Exception {
      Connection other = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("truc.db"));
      try (Statement statement = other.createStatement()) {
        statement.executeUpdate("begin immediate");
      }
      return other;
    }

    /// Another program holds the database.
    private String locked(String command) throws Exception {
      try (Connection other = lock(narrow.data())) {
        assertTrue(!other.isClosed(), "held");
        return run(narrow.url(), narrowKey, command);
      }
    }

    private String starting(String command) throws Exception {
      Path data = folder.resolve("starting");
      String key;
      try (RunningServer before = RunningServer.start(data, "--clock", Fact.CLOCK)) {
        key = before.key(Fact.SOURCE);
      }
      try (HeldStart held = HeldStart.on(data)) {
        return run("http://127.0.0.1:" + held.port(), key, command);
      }
    }

    /// A stop takes as long as the last snapshot, which waits for the database here.
    private String stopping(String command) throws Exception {
      try (RunningServer server =
          RunningServer.start(folder.resolve("stopping"), "--clock", Fact.CLOCK)) {
        String key = server.key(Fact.SOURCE);
        try (Connection other = lock(server.data())) {
          assertTrue(!other.isClosed(), "held");
          server.terminate();
          Patience.until("stopping", () -> server.log().contains("stopping"));
          return run(server.url(), key, command);
        }
      }
    }

    private static String run(String url, String key, String command) throws Exception {
      ProcessBuilder builder = new ProcessBuilder("bash", "-c", command);
      builder.environment().putAll(Map.of("TRUC", url, "KEY", key));
      builder.redirectError(ProcessBuilder.Redirect.DISCARD);
      Process process = builder.start();
      process.getOutputStream().close();
      String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      return answer.replace("\r\n", "\n").strip();
    }

    @Override
    public void close() {
      usual.close();
      narrow.close();
    }
  }

  /// An answer as the document has it.
  private static String shown(String answer) {
    int body = answer.indexOf("\n\n") + 2;
    return answer.substring(0, body) + pretty(new JsonObject(answer.substring(body)), "") + "\n";
  }

  private static String pretty(Object value, String indent) {
    String line = line(value);
    if (indent.length() + line.length() <= COLUMNS) {
      return line;
    }
    List<String> parts = new ArrayList<>();
    String inner = indent + "  ";
    if (value instanceof JsonObject object) {
      object.forEach(
          one ->
              parts.add(line(one.getKey()) + ": " + pretty(object.getValue(one.getKey()), inner)));
    } else if (value instanceof JsonArray array) {
      array.forEach(one -> parts.add(pretty(one, inner)));
    } else {
      return line;
    }
    String separator = ",\n" + inner;
    String text = "\n" + inner + String.join(separator, parts) + "\n" + indent;
    return value instanceof JsonObject ? "{" + text + "}" : "[" + text + "]";
  }

  private static String line(@org.jspecify.annotations.Nullable Object value) {
    if (value instanceof JsonObject object) {
      List<String> parts = new ArrayList<>();
      object.forEach(
          one -> parts.add(line(one.getKey()) + ": " + line(object.getValue(one.getKey()))));
      return "{" + String.join(", ", parts) + "}";
    }
    if (value instanceof JsonArray array) {
      return "[" + String.join(", ", array.stream().map(EventsDocIT::line).toList()) + "]";
    }
    String encoded = new JsonArray().add(value).encode();
    return encoded.substring(1, encoded.length() - 1);
  }

  /// A shown answer as it came: blanks of the body that stand outside texts taken away.
  private static String unindented(String shown) {
    int body = shown.indexOf("\n\n") + 2;
    StringBuilder real = new StringBuilder(shown.substring(0, body));
    boolean text = false;
    for (int i = body; i < shown.length(); i++) {
      char next = shown.charAt(i);
      if (next == '"' && shown.charAt(i - 1) != '\\') {
        text = !text;
      }
      if (text || !Character.isWhitespace(next)) {
        real.append(next);
      }
    }
    return real.toString();
  }
}
