package vn.truc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.config.Place;

class TrucCommandTest {
  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Map<String, String> environment = new HashMap<>();
  private final List<Object> ran = new ArrayList<>();
  private JsonObject answer = new JsonObject();

  private int run(String... arguments) {
    Verbs verbs =
        new Verbs(
            noting(),
            noting(),
            noting(),
            noting(),
            noting(),
            noting(),
            noting(),
            noting(),
            (options, verb, given) -> {
              ran.add(verb + " " + given.encode());
              return answer;
            },
            (files, faults) -> {
              if (files.containsKey("bad.yaml")) {
                faults.add(new Place("bad.yaml", 3, 7), "a.b", "is bad");
              }
            });
    return TrucCommand.run(
        List.of(arguments),
        verbs,
        name -> Optional.ofNullable(environment.get(name)),
        new PrintWriter(out),
        new PrintWriter(err));
  }

  private <O> Verbs.Verb<O> noting() {
    return (options, terminal) -> {
      ran.add(options);
      return 0;
    };
  }

  private ServerOptions served() {
    return (ServerOptions) ran.getLast();
  }

  /// The folder of a log.
  private String data() {
    try {
      Files.writeString(folder.resolve("truc.db"), "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "--data=" + folder;
  }

  /// A folder that was misspelt got a log of its own, and all tokens in it were ended: none.
  @Test
  void verbsThatEndOrListSomethingWantALog() {
    for (String[] verb :
        List.of(
            new String[] {"token", "revoke", "--user", "op"},
            new String[] {"token", "rotate-secret"},
            new String[] {"token", "list"},
            new String[] {"key", "list"},
            new String[] {"key", "revoke", "0123456789ab"},
            new String[] {"config", "show"},
            new String[] {"clock", "add", "1h"},
            new String[] {"erase", "feedback", "PA-1"})) {
      List<String> words = new ArrayList<>(List.of(verb));
      words.add("--data=" + folder);
      assertEquals(1, run(words.toArray(String[]::new)), words.toString());
    }
    assertEquals(List.of(), ran);
    assertEquals(8, err.toString().split("there is no log in " + folder, -1).length - 1);
    answer = new JsonObject().put("key", "k1").put("presented", "truc_k1_secret");
    assertEquals(0, run("key", "add", "--data=" + folder, "--source", "/a", "--name", "A"));
    assertTrue(err.toString().contains("one was begun"), err.toString());
  }

  @Test
  void noConfigurationIsNotApplied() throws Exception {
    Files.writeString(folder.resolve("truc.yaml"), "port: 1\n");
    assertEquals(1, run("config", "apply", data(), "--config", folder.toString()));
    assertEquals(List.of(), ran);
    assertTrue(err.toString().contains("no configuration to apply"), err.toString());
  }

  /// Only the first fault of `truc.yaml` was told, whatever stood in the others.
  @Test
  void applyTellsTheFaultsOfAllFiles() throws Exception {
    Files.writeString(folder.resolve("truc.yaml"), "port: many\n");
    Files.writeString(folder.resolve("bad.yaml"), "");
    assertEquals(1, run("config", "apply", data(), "--config", folder.toString()));
    assertTrue(err.toString().contains("bad.yaml:3:7: a.b: is bad"), err.toString());
  }

  @Test
  void passwordOfTheStoreComesFromTheEnvironmentAndIsNotShown() {
    environment.put("REDIS_PASSWORD", "p@ss/w:rd");
    assertEquals(0, run("serve", "--store", "redis://truc:${REDIS_PASSWORD}@10.0.0.5/2"));
    assertEquals("redis://truc:p%40ss%2Fw%3Ard@10.0.0.5/2", served().store());
    assertFalse(served().toString().contains("ss"), served().toString());
    assertEquals(2, run("serve", "--store", "redis://${NOBODY_SET_IT}@h"));
    assertTrue(err.toString().contains("NOBODY_SET_IT"), err.toString());
  }

  @Test
  void serveIsTheVerbWhenNoneIsGiven() {
    assertEquals(0, run());
    assertEquals(0, run("--port", "0"));
    assertEquals(0, run("serve", "--port", "1"));
    assertEquals(3, ran.size());
    assertEquals("127.0.0.1", served().host(), "loopback unless told otherwise");
    assertEquals(1, served().port());
    assertFalse(served().onRedis());
  }

  @Test
  void optionWinsOverEnvironmentAndThatOverTheFile() throws Exception {
    Files.writeString(folder.resolve("truc.yaml"), "host: 10.0.0.1\nport: 1\nstore: sqlite\n");
    environment.put("TRUC_CONFIG", folder.toString());
    environment.put("TRUC_PORT", "2");
    environment.put("TRUC_STORE", " ");
    environment.put("TRUC_CLOCK", "2026-11-23T07:30+07:00,x20");
    assertEquals(0, run("demo", "--tls-cert", "c.pem", "--tls-key", "k.pem"));
    assertEquals("10.0.0.1", served().host());
    assertEquals(2, served().port());
    assertEquals(
        Optional.of(new ClockOption(Instant.parse("2026-11-23T00:30:00Z"), 20)), served().clock());
    assertEquals(0, run("demo", "--port", "3", "--host", "::1", "--store", "redis://u:p@h:1"));
    assertEquals(3, served().port());
    assertEquals("::1", served().host());
    assertTrue(served().onRedis());
    assertFalse(served().toString().contains("u:p"), served().toString());
  }

  @Test
  void simulateTakesItsSourceAndItsEnd() {
    assertEquals(0, run("simulate", "--rate", "5", "--source", "/thu", "--count", "9", data()));
    Verbs.Simulate asked = (Verbs.Simulate) ran.getLast();
    assertEquals("/thu", asked.source());
    assertEquals(OptionalLong.of(9), asked.count());
    assertEquals(0, run("simulate", "--rate", "5", data()));
    assertEquals(OptionalLong.empty(), ((Verbs.Simulate) ran.getLast()).count());
  }

  @Test
  void wrongCommandLinesAreUsageFaults() {
    environment.put("TRUC_DATA", folder.toString());
    for (String[] wrong :
        List.of(
            new String[] {"sevre"},
            new String[] {"serve", "--prot", "1"},
            new String[] {"serve", "--port", "x"},
            new String[] {"serve", "--port", "65536"},
            new String[] {"serve", "--store", "mysql"},
            new String[] {"serve", "--clock", "yesterday"},
            new String[] {"serve", "--clock", "2026-11-23T07:30,x-1"},
            new String[] {"serve", "--tls-cert", "c.pem"},
            new String[] {"serve", "--config", "/no/such/folder"},
            new String[] {"key"},
            new String[] {"key", "add"},
            new String[] {"token", "--role", "king", "--scope", "province"},
            new String[] {"token", "--role", "viewer", "--scope", "province", "--ttl", "soon"},
            new String[] {"erase", "case", "X"},
            new String[] {"clock", "add", "-1h"},
            new String[] {"clock", "set", "noon"},
            new String[] {"simulate", "--rate", "-1"},
            new String[] {"simulate", "--rate", "1", "--count", "0"},
            new String[] {"simulate", "--rate", "1", "--source", "thu/"},
            new String[] {"import", "x.csv"})) {
      assertEquals(2, run(wrong), String.join(" ", wrong));
    }
    assertEquals(List.of(), ran);
    assertEquals("", out.toString(), "chatter goes to standard error");
    assertTrue(err.toString().contains("--help"));
  }

  @Test
  void keyAloneStandsOnTheLastLineOfOutput() {
    answer = new JsonObject().put("key", "k1").put("presented", "truc_k1_secret");
    assertEquals(
        0, run("key", "add", data(), "--source", "/hotline/1022", "--name", "Tổng đài", "--test"));
    assertEquals("truc_k1_secret\n", out.toString());
    assertFalse(err.toString().contains("secret"));
    assertEquals(
        List.of("key.add {\"source\":\"/hotline/1022\",\"name\":\"Tổng đài\",\"test\":true}"), ran);
  }

  @Test
  void tokenIsPrintedAlone() {
    answer = new JsonObject().put("token", "a.b.c");
    assertEquals(
        0, run("token", data(), "--role", "operator", "--scope", "province", "--user", "Lan"));
    assertEquals("a.b.c\n", out.toString());
    assertEquals(
        List.of(
            "token {\"role\":\"operator\",\"scope\":\"province\",\"user\":\"Lan\",\"ttlSeconds\":43200,\"by\":\""
                + System.getProperty("user.name")
                + "\"}"),
        ran);
  }

  @Test
  void keysAreListedOneALine() {
    answer =
        new JsonObject()
            .put(
                "keys",
                new JsonArray()
                    .add(new JsonObject().put("key", "k").put("source", "/a").put("name", "A b")));
    assertEquals(0, run("key", "list", data()));
    assertEquals("k\t/a\t-\tA b\n", out.toString());
  }

  @Test
  void clockVerbsSayTheNewTime() {
    answer = new JsonObject().put("now", "2026-11-23T10:15:00+07:00");
    assertEquals(0, run("clock", "set", "2026-11-23T10:15+07:00", data()));
    assertEquals(0, run("clock", "add", "2h", data()));
    assertEquals(
        List.of("clock.set {\"time\":\"2026-11-23T03:15:00Z\"}", "clock.add {\"millis\":7200000}"),
        ran);
  }

  @Test
  void checkPrintsEveryFaultAndFails() throws Exception {
    assertEquals(0, run("check", folder.toString()));
    Files.writeString(folder.resolve("bad.yaml"), "");
    assertEquals(1, run("check", folder.toString()));
    assertEquals("bad.yaml:3:7: a.b: is bad\n", out.toString());
    assertEquals(1, run("config", "apply", data(), "--config", folder.toString()));
    assertEquals(List.of(), ran, "a configuration with faults is not applied");
  }

  /// A link once was a folder without any file: a server took the province for empty.
  @Test
  void folderThatIsALinkIsRead() throws Exception {
    Path real = Files.createDirectory(folder.resolve("real"));
    Files.writeString(real.resolve("bad.yaml"), "");
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    assertEquals(1, run("check", link.toString()));
    assertEquals("bad.yaml:3:7: a.b: is bad\n", out.toString());
  }

  @Test
  void configApplySendsAllFilesButTheNodesOwn() throws Exception {
    Files.writeString(folder.resolve("truc.yaml"), "port: 1\n");
    Files.writeString(folder.resolve("fields.yaml"), "fields: []\n");
    Files.createDirectory(folder.resolve("rules"));
    Files.writeString(folder.resolve("rules/a.yaml"), "x\n");
    assertEquals(0, run("config", "apply", data(), "--config", folder.toString()));
    assertEquals(
        List.of(
            "config.apply {\"files\":{\"fields.yaml\":\"fields: []\\n\",\"rules/a.yaml\":\"x\\n\"}}"),
        ran);
  }

  @Test
  void targetComesFromOptionsThenEnvironmentThenTheServersOwnAddress() throws Exception {
    Path file = Files.writeString(folder.resolve("f.ndjson"), "");
    environment.put("TRUC_KEY", "truc_k_s");
    assertEquals(0, run("replay", file.toString(), "--rate", "10", "--port", "81"));
    Verbs.Replay replay = (Verbs.Replay) ran.getLast();
    assertEquals(
        new Verbs.Target("http://127.0.0.1:81", Optional.of("truc_k_s"), Optional.empty()),
        replay.target());
    assertFalse(replay.toString().contains("truc_k_s"), "keys are never printed");
    assertEquals(1, run("replay", folder.resolve("none").toString()));
  }

  @Test
  void helpAndVersionAreResults() {
    assertEquals(0, run("--help"));
    assertEquals(0, run("--version"));
    assertEquals(0, run("key", "add", "--help"));
    assertTrue(out.toString().contains("truc 0.1.0"));
    assertTrue(out.toString().contains("Usage: truc key add"));
    assertEquals("", err.toString());
  }
}
