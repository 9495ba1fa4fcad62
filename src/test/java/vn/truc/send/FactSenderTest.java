package vn.truc.send;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vn.truc.send.ScriptedServer.await;

import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.truc.send.ScriptedServer.Act;

class FactSenderTest {
  private final Vertx vertx = Vertx.vertx();
  private final List<String> said = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private static FactStream facts(int count, String prefix) {
    List<String> left = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      left.add("{\"id\":\"" + prefix + i + "\"}");
    }
    return max -> {
      if (left.isEmpty()) {
        return new FactStream.End();
      }
      List<String> slice = left.subList(0, Math.min(max, left.size()));
      FactStream.Batch batch = new FactStream.Batch(slice);
      slice.clear();
      return batch;
    };
  }

  private static FactSender.Settings settings(String url, int inFlight, int attempts) {
    return new FactSender.Settings(
        url, "k-1", 10, inFlight, 5_000, 1, 50, attempts, Optional.empty());
  }

  private FactSender.Totals sent(ScriptedServer server, int count, String prefix) throws Exception {
    FactSender sender = new FactSender(vertx, settings(server.url(), 3, 8), said::add);
    return await(sender.send(facts(count, prefix)));
  }

  @Test
  void everyFactArrivesOnceThroughRefusalsAndCuts() throws Exception {
    ScriptedServer server =
        ScriptedServer.start(
            vertx, Act.TOO_MANY, Act.CUT, Act.UNAVAILABLE, Act.TAKE_AND_CUT, Act.TOO_MANY, Act.CUT);
    FactSender.Totals totals = sent(server, 105, "f");
    assertEquals(105, server.known.size());
    assertEquals(105, totals.sent());
    assertEquals(105, totals.accepted() + totals.duplicates());
    assertTrue(totals.duplicates() > 0, "the batch taken before the cut came again: " + totals);
    assertTrue(totals.retries() >= 6, totals.toString());
  }

  @Test
  void keyIsShownAndNoMoreThanTheBoundIsUnderWay() throws Exception {
    ScriptedServer server = ScriptedServer.start(vertx);
    sent(server, 400, "f");
    assertEquals(List.of("Bearer k-1"), server.keys.stream().distinct().toList());
    assertEquals(3, server.underWayMax);
    assertEquals(40, server.bodies.size());
  }

  @Test
  void refusedFactsAreCountedWithTheFirstReasons() throws Exception {
    ScriptedServer server = ScriptedServer.start(vertx);
    FactSender.Totals totals = sent(server, 25, "bad");
    assertEquals(25, totals.rejected());
    assertEquals(0, totals.accepted());
    assertEquals(10, totals.reasons().size());
    assertTrue(totals.reasons().getFirst().contains("missing-field data.status"));
  }

  /// A refusal named an id, and whoever had to mend a file of a million lines did not know which.
  @Test
  void refusalsSayWhereInTheFileTheyStand(@TempDir Path folder) throws Exception {
    StringBuilder lines = new StringBuilder("\n");
    for (int i = 2; i <= 25; i++) {
      lines.append("{\"id\":\"").append(i == 9 || i == 23 ? "bad" : "f").append(i).append("\"}\n");
    }
    Path file = Files.writeString(folder.resolve("f.ndjson"), lines);
    ScriptedServer server = ScriptedServer.start(vertx, Act.TOO_LARGE);
    FactSender sender = new FactSender(vertx, settings(server.url(), 1, 8), said::add);
    try (LineFile stream = new LineFile(file)) {
      List<String> reasons = await(sender.send(stream)).reasons();
      assertEquals(2, reasons.size(), reasons::toString);
      assertTrue(reasons.getFirst().startsWith("line 9, bad9: missing-field"), reasons::toString);
      assertTrue(reasons.getLast().startsWith("line 23, bad23: missing-field"), reasons::toString);
    }
  }

  @Test
  void tooLargeABatchIsHalved() throws Exception {
    ScriptedServer server = ScriptedServer.start(vertx, Act.TOO_LARGE);
    FactSender.Totals totals = sent(server, 10, "f");
    assertEquals(10, totals.accepted());
    assertEquals(List.of(5L, 5L), server.bodies.stream().map(b -> b.lines().count()).toList());
  }

  @Test
  void aWrongKeyEndsTheSendingAtOnce() throws Exception {
    ScriptedServer server = ScriptedServer.start(vertx, Act.UNAUTHORIZED);
    ExecutionException e = assertThrows(ExecutionException.class, () -> sent(server, 10, "f"));
    assertTrue(String.valueOf(e.getMessage()).contains("401: no key"), e.getMessage());
  }

  @Test
  void noServerAtAllIsGivenUpAfterTheAttempts() {
    FactSender sender = new FactSender(vertx, settings("http://127.0.0.1:1", 1, 3), said::add);
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> await(sender.send(facts(5, "f"))));
    assertTrue(String.valueOf(e.getMessage()).contains("given up after 3"), e.getMessage());
    // the name and the number of a call of the system stood before it
    assertTrue(said.getFirst().contains(": Connection refused: /127.0.0.1:1"), said::toString);
  }

  @Test
  void replayPostsTheLinesOfAFileAsTheyAre(@TempDir Path folder) throws Exception {
    ScriptedServer server = ScriptedServer.start(vertx, Act.TOO_MANY);
    Path file = Files.writeString(folder.resolve("f.ndjson"), "{\"id\":\"a\"}\n\n{\"id\":\"b\"}\n");
    Replay replay =
        new Replay(
            vertx,
            new Replay.Options(
                FactSender.Settings.defaults(server.url(), "k", Optional.empty()),
                file,
                1_000,
                Optional.empty()),
            said::add);
    assertEquals(0, await(replay.run()));
    // two lines may travel in two bodies, of which the one refused at first comes later
    assertEquals(
        List.of("{\"id\":\"a\"}", "{\"id\":\"b\"}"),
        server.bodies.stream().flatMap(String::lines).sorted().toList());
    assertTrue(said.getFirst().startsWith("sent 2: accepted 2"), said.toString());
  }

  @Test
  void aPacedStreamKeepsItsRateAndCatchesUpBoundedly() {
    long[] nanos = {0};
    PacedStream stream = new PacedStream(facts(10_000, "f"), 100, () -> nanos[0]);
    assertEquals(new FactStream.Pause(10), stream.next(512));
    nanos[0] = 500_000_000;
    assertTrue(
        stream.next(512) instanceof FactStream.Batch(List<String> half, _) && half.size() == 50);
    nanos[0] = 60_000_000_000L;
    assertTrue(
        stream.next(512) instanceof FactStream.Batch(List<String> one, _) && one.size() == 100);
  }

  /// An aborted import told of 1,024 facts where the server had 2,560: what was under way when it
  /// was refused did not count.
  @Test
  void theTallyOfASendingThatIsCutIsWhatTheServerStored() throws Exception {
    for (Act end : List.of(Act.UNAUTHORIZED, Act.HALF_THEN_REVOKED)) {
      ScriptedServer server = ScriptedServer.start(vertx, Act.TAKE, Act.TAKE, end);
      FactSender sender = new FactSender(vertx, settings(server.url(), 3, 8), said::add);
      assertThrows(ExecutionException.class, () -> await(sender.send(facts(500, "f"))));
      FactSender.Totals totals = sender.totals();
      assertTrue(totals.accepted() >= 20, totals.toString());
      assertEquals(server.known.size(), totals.accepted(), end + ": " + totals);
      assertEquals(totals.sent(), totals.accepted() + totals.duplicates() + totals.rejected());
      assertEquals(0, totals.unanswered());
    }
  }

  @Test
  void whatAnEarlierAttemptStoredIsAcceptedAndNoDuplicate() throws Exception {
    ScriptedServer server = ScriptedServer.start(vertx, Act.HALF_THEN_FULL, Act.HALF_THEN_FULL);
    FactSender.Totals totals = sent(server, 10, "f");
    assertEquals(10, totals.accepted(), totals.toString());
    assertEquals(0, totals.duplicates(), totals.toString());
    assertEquals(10, totals.sent());
  }

  @Test
  void factsWhoseAnswerIsLostForGoodAreToldApart() throws Exception {
    ScriptedServer server = ScriptedServer.start(vertx, Act.TAKE_AND_CUT, Act.CUT, Act.CUT);
    FactSender sender = new FactSender(vertx, settings(server.url(), 1, 3), said::add);
    assertThrows(ExecutionException.class, () -> await(sender.send(facts(10, "f"))));
    assertEquals(10, sender.totals().unanswered());
    assertEquals(0, sender.totals().sent());
    new Reporter(said::add).tell(sender.totals());
    assertTrue(said.getLast().contains("10 more were posted and not answered for"), "" + said);
  }

  @Test
  void aServerThatIsAwayIsToldAtOnceAndItsReturnToo() throws Exception {
    ScriptedServer server = ScriptedServer.start(vertx, Act.CUT, Act.UNAVAILABLE, Act.TOO_MANY);
    sent(server, 10, "f");
    assertTrue(said.getFirst().startsWith("waiting for the server: "), "" + said);
    assertTrue(said.get(1).contains("the server answered 503"), "" + said);
    assertEquals("the server answers again, after 0 s", said.getLast());
    assertEquals(3, said.size(), "busy is not away: " + said);
  }

  @Test
  void aRedirectIsFinalAndNamesTheAddress() throws Exception {
    ScriptedServer server = ScriptedServer.start(vertx, Act.MOVED);
    ExecutionException e = assertThrows(ExecutionException.class, () -> sent(server, 10, "f"));
    assertTrue(
        String.valueOf(e.getMessage()).contains("answered 301 to https://elsewhere/; --url names"),
        e.getMessage());
    assertEquals(List.of(), server.bodies);
  }

  @Test
  void aServerThatSpeaksNoTlsIsFinal() throws Exception {
    ScriptedServer server = ScriptedServer.start(vertx);
    FactSender sender =
        new FactSender(vertx, settings(server.url().replace("http:", "https:"), 1, 8), said::add);
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> await(sender.send(facts(5, "f"))));
    assertTrue(String.valueOf(e.getMessage()).contains("does not speak TLS"), e.getMessage());
  }

  /// One line that was not UTF-8 ended the replay, and the lines before it in the same slice were
  /// not sent.
  @Test
  void aBadLineOfAFileIsNamedAndTheOthersGoOn(@TempDir Path folder) throws Exception {
    ScriptedServer server = ScriptedServer.start(vertx);
    java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
    bytes.writeBytes("{\"id\":\"a\"}\n{\"id\":\"x".getBytes(StandardCharsets.UTF_8));
    bytes.write(0xE9);
    bytes.writeBytes("\"}\n\n".getBytes(StandardCharsets.UTF_8));
    bytes.writeBytes("y".repeat(LineFile.LINE_BYTES_MAX + 1).getBytes(StandardCharsets.UTF_8));
    bytes.writeBytes("\n{\"id\":\"ạ\"}".getBytes(StandardCharsets.UTF_8));
    Path file = Files.write(folder.resolve("f.ndjson"), bytes.toByteArray());
    Replay replay =
        new Replay(
            vertx,
            new Replay.Options(settings(server.url(), 1, 8), file, 0, Optional.empty()),
            said::add);
    assertEquals(1, await(replay.run()));
    assertEquals("{\"id\":\"a\"}\n{\"id\":\"ạ\"}\n", String.join("", server.bodies));
    assertEquals(
        List.of(
            "sent 2: accepted 2, duplicates 0, rejected 0 (retries 0)",
            "f.ndjson: lines left out 2",
            "  line 2: byte 20 of the file (0xE9) is not UTF-8",
            "  line 4: is longer than 1048576 bytes"),
        said);
  }

  @Test
  void troubleIsToldAgainWhileItLastsAndSilenceToo() {
    long[] nanos = {0};
    Trouble trouble = new Trouble(said::add, () -> nanos[0]);
    trouble.look();
    trouble.met("busy", true);
    trouble.met("busy", true);
    assertEquals(List.of(), said);
    nanos[0] = 10_000_000_000L;
    trouble.look();
    trouble.met("away", false);
    trouble.met("away", false);
    nanos[0] = 20_000_000_000L;
    trouble.look();
    trouble.over();
    nanos[0] = 35_000_000_000L;
    trouble.look();
    assertEquals(
        List.of(
            "waiting for the server for 10 s: busy",
            "waiting for the server: away; trying again",
            "waiting for the server for 20 s: away",
            "the server answers again, after 20 s",
            "no answer of the server for 15 s"),
        said);
  }

  @Test
  void progressIsOneLineOnATerminalAndALineNowAndThenElsewhere() {
    long[] nanos = {0};
    long[] rows = {1_000};
    StringBuilder text = new StringBuilder();
    Progress inPlace =
        new Progress(
            new Progress.Screen(text::append, true),
            "rows",
            () -> new Progress.State(rows[0], ", refused 0"),
            () -> nanos[0]);
    nanos[0] = 2_000_000_000L;
    inPlace.tell(false);
    rows[0] = 7;
    inPlace.tell(true);
    assertEquals(
        "\rrows 1000, 500 a second, refused 0\rrows 7, 4 a second, refused 0     \n",
        text.toString());
    text.setLength(0);
    new Progress(
            new Progress.Screen(text::append, false),
            "rows",
            () -> new Progress.State(1, ""),
            () -> nanos[0])
        .tell(true);
    assertTrue(text.toString().matches("rows 1, [0-9]+ a second\n"), text.toString());
  }
}
