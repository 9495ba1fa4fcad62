package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// docs/READING.md tells the truth: each address in it is answered, with the members it names and
/// no others, and each parameter of its tables is one.
class ReadingDocIT {
  private static final Path DOCUMENT = Path.of("docs/READING.md");

  /// An address, and what is said of it.
  private static final Pattern ADDRESS =
      Pattern.compile("\nGET (/api/v1/\\S+)\n```\n(.*?)(?=\n##|\n```\nGET|$)", Pattern.DOTALL);

  private static final Pattern SHAPE = Pattern.compile("`(\\{.*?\\})`", Pattern.DOTALL);
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[a-z`, ]+`) \\|");
  private static final Pattern NAME = Pattern.compile("`([a-z]+)`");

  @TempDir private Path folder = Path.of("");

  private record Told(String address, Set<String> members, List<String> parameters) {}

  private static List<Told> told() throws IOException {
    List<Told> told = new ArrayList<>();
    Matcher address = ADDRESS.matcher(Files.readString(DOCUMENT));
    while (address.find()) {
      Matcher shape = SHAPE.matcher(address.group(2));
      assertTrue(shape.find(), address.group(1));
      List<String> parameters = new ArrayList<>();
      ROW.matcher(address.group(2))
          .results()
          .flatMap(row -> NAME.matcher(row.group(1)).results())
          .forEach(name -> parameters.add(name.group(1)));
      told.add(new Told(address.group(1), members(shape.group(1)), parameters));
    }
    return told;
  }

  /// The names of the outer object of a shape.
  private static Set<String> members(String shape) {
    Set<String> names = new TreeSet<>();
    int depth = 0;
    boolean name = true;
    for (int at = 0; at < shape.length(); at++) {
      char next = shape.charAt(at);
      switch (next) {
        case '{', '[' -> depth++;
        case '}', ']' -> depth--;
        case ',' -> name = true;
        case ':' -> name = false;
        case '"' -> {
          int end = shape.indexOf('"', at + 1);
          if (depth == 1 && name) {
            names.add(shape.substring(at + 1, end));
          }
          at = end;
        }
        default -> {}
      }
    }
    return names;
  }

  @Test
  void eachAddressIsAnsweredAsItIsTold() throws Exception {
    List<Told> all = told();
    assertEquals(6, all.size(), all::toString);
    try (RunningServer server =
        RunningServer.start(folder.resolve("data"), "--clock", Fact.CLOCK)) {
      String key = server.key(Fact.SOURCE);
      JsonObject data = new JsonObject().put("status", "received").put("title", "x");
      server.post(key, RunningServer.NDJSON, Fact.feedback("a", "PA-1", data));
      String token = server.token("operator", "province");
      for (Told one : all) {
        RunningServer.Answer answer = server.get(one.address(), token);
        assertEquals(200, answer.status(), () -> one.address() + answer);
        assertEquals(one.members(), new TreeSet<>(answer.json().fieldNames()), one.address());
        for (String parameter : one.parameters()) {
          String address = one.address().replaceAll("([?&])" + parameter + "=[^&]*", "$1");
          String with = address + "&" + parameter + "=%3F";
          RunningServer.Answer refused = server.get(with.replace("?&", "?"), token);
          assertTrue(!refused.body().contains("is no parameter"), () -> parameter + ": " + refused);
        }
      }
    }
  }
}
