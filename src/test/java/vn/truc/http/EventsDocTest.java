package vn.truc.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import vn.truc.event.Rejection;
import vn.truc.intake.IntakeSettings;
import vn.truc.log.LogException;
import vn.truc.testing.IntakeServer;

/// docs/EVENTS.md tells the truth: each command in it is run, in order, and answered as it says.
class EventsDocTest {
  private static final Path DOCUMENT = Path.of("docs/EVENTS.md");

  /// A command and its answer; a comment before them may name what the server is in the midst of.
  private static final Pattern EXAMPLE =
      Pattern.compile(
          "(?:<!-- server: ([a-z-]+) -->\n\n)?```sh\n(curl .*?)```\n\n```http\n(.*?)```",
          Pattern.DOTALL);
  private static final String BIG = "$(head -c 70000 /dev/zero | tr '\\0' x)";

  /// Writes the answers into the document anew.
  public static void main(String[] args) throws IOException {
    Matcher example = EXAMPLE.matcher(Files.readString(DOCUMENT));
    try (IntakeServer server = new IntakeServer(IntakeSettings.defaults())) {
      Files.writeString(
          DOCUMENT,
          example.replaceAll(
              found ->
                  Matcher.quoteReplacement(
                      found.group().substring(0, found.start(3) - found.start())
                          + answer(server, state(found.group(1)), found.group(2))
                          + "\n```")));
    }
  }

  @Test
  void everyCommandIsAnsweredAsWritten() throws IOException {
    Matcher example = EXAMPLE.matcher(Files.readString(DOCUMENT));
    int count = 0;
    try (IntakeServer server = new IntakeServer(IntakeSettings.defaults())) {
      while (example.find()) {
        assertEquals(
            example.group(3).strip(),
            answer(server, state(example.group(1)), example.group(2)),
            example.group(2));
        count++;
      }
    }
    assertTrue(count > 30, "examples found: " + count);
  }

  @Test
  void everyRefusalIsShown() throws IOException {
    String document = Files.readString(DOCUMENT);
    for (Rejection.Reason reason : Rejection.Reason.values()) {
      assertTrue(document.contains("### `" + reason.label() + "`"), reason.label());
      assertTrue(
          document.contains("\"reason\" : \"" + reason.label() + "\""),
          "no answer shows " + reason.label());
    }
  }

  /// What the server is in the midst of; the empty text for nothing.
  private static String state(@Nullable String named) {
    return named == null ? "" : named;
  }

  private static String answer(IntakeServer server, String state, String command) {
    set(server, state);
    String answer = answer(server, command);
    server.fold().behind(false);
    server.log().broken(Optional.empty());
    return answer;
  }

  private static void set(IntakeServer server, String state) {
    switch (state) {
      case "" -> {}
      case "case-full" -> server.fold().full("PA-long");
      case "queue-full" -> server.log().broken(Optional.of(LogException.Reason.QUEUE_FULL));
      case "unwritable" -> server.log().broken(Optional.of(LogException.Reason.UNWRITABLE));
      case "catching-up" -> server.fold().behind(true);
      default -> throw new IllegalArgumentException("no such state: " + state);
    }
  }

  private static String answer(IntakeServer server, String command) {
    List<String> words = words(command.replace("\\\n", " ").strip());
    HttpRequest.Builder request = HttpRequest.newBuilder();
    String method = "GET";
    String body = "";
    for (int i = 1; i < words.size(); i++) {
      switch (words.get(i)) {
        case "-s" -> {}
        case "-H" -> {
          String header = words.get(++i);
          int colon = header.indexOf(':');
          request.header(header.substring(0, colon), header.substring(colon + 1).strip());
        }
        case "--data-binary" -> {
          body = words.get(++i);
          method = "POST";
        }
        default ->
            request.uri(server.uri(words.get(i).substring("http://127.0.0.1:8080".length())));
      }
    }
    HttpResponse<String> response =
        server.send(request.method(method, BodyPublishers.ofString(body)).build());
    return "HTTP/1.1 "
        + response.statusCode()
        + "\n"
        + header(response, "Allow")
        + header(response, "Retry-After")
        + shown(response.body());
  }

  private static String header(HttpResponse<String> response, String name) {
    return response.headers().firstValue(name).map(at -> name + ": " + at + "\n").orElse("");
  }

  private static String shown(String body) {
    return new JsonObject(body).encodePrettily();
  }

  /// The words of a shell command with single and double quotes.
  private static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    char quote = 0;
    boolean any = false;
    for (int i = 0; i < command.length(); i++) {
      char next = command.charAt(i);
      if (command.startsWith(BIG, i)) {
        word.append("x".repeat(70_000));
        i += BIG.length() - 1;
      } else if (command.startsWith("$KEY", i) && quote != '\'') {
        word.append(IntakeServer.KEY);
        i += 3;
      } else if (quote == 0 && (next == '\'' || next == '"')) {
        quote = next;
        any = true;
      } else if (next == quote) {
        quote = 0;
      } else if (quote == 0 && Character.isWhitespace(next)) {
        if (any) {
          words.add(word.toString());
          word.setLength(0);
          any = false;
        }
      } else {
        word.append(next);
        any = true;
      }
    }
    words.add(word.toString());
    return words;
  }
}
