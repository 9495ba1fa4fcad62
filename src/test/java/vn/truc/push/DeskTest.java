package vn.truc.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Four hundred viewers that asked for fifty channels twice a second had every socket's commands
/// done as they were read: of the time of the one loop the facts got a sixth.
class DeskTest {
  private static final int TOGETHER = 8;

  private final Scene scene = Scene.standard();
  private final List<Scene.Client> clients = new ArrayList<>();

  @BeforeEach
  void connectThree() {
    for (int i = 0; i < 3; i++) {
      clients.add(scene.client());
    }
    scene.beat.turn();
    scene.beat.shortTurns();
  }

  /// Without the turn that follows.
  private static void say(Scene.Client client, String... lines) {
    client.session.commands().receive(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
  }

  private static String[] asks(int from, int count) {
    return IntStream.range(from, from + count)
        .mapToObj(i -> Scene.subscribe(i, "feedback:a" + i))
        .toArray(String[]::new);
  }

  private static List<String> ids(Scene.Client client) {
    return client.link.lines().stream()
        .filter(line -> line.contains("\"id\":"))
        .map(line -> line.replaceFirst(".*\"id\":(\\d+).*", "$1"))
        .toList();
  }

  private static List<String> numbers(int from, int count) {
    return IntStream.range(from, from + count).mapToObj(Integer::toString).toList();
  }

  @Test
  void theFirstOfATurnIsAnsweredAtOnceTheOthersInLine() {
    say(clients.get(0), asks(10, 1));
    say(clients.get(1), asks(20, 1));
    say(clients.get(2), asks(30, 1));
    assertEquals(numbers(10, 1), ids(clients.get(0)));
    assertEquals(List.of(), ids(clients.get(1)));
    assertTrue(clients.get(1).link.paused(), "nothing more is read from it");
    assertTrue(scene.hub.backlog().total() > 0, "what waits is counted");

    scene.beat.one();
    assertEquals(numbers(20, 1), ids(clients.get(1)));
    assertFalse(clients.get(1).link.paused());
    assertEquals(List.of(), ids(clients.get(2)), "a turn of its own");
    scene.beat.one();
    assertEquals(numbers(30, 1), ids(clients.get(2)));
    scene.beat.turn();
    assertEquals(0, scene.hub.backlog().total());
  }

  @Test
  void longFramesTakeTurnsAndKeepTheirOrder() {
    say(clients.get(0), asks(100, 20));
    say(clients.get(1), asks(200, 20));
    say(clients.get(1), asks(300, 2));
    assertEquals(numbers(100, TOGETHER), ids(clients.get(0)));
    List<List<String>> turns = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      scene.beat.one();
      List<String> now = new ArrayList<>(ids(clients.get(0)));
      now.addAll(ids(clients.get(1)));
      turns.add(now);
    }
    assertEquals(
        List.of(
            numbers(108, 8), numbers(200, 8), numbers(116, 4), numbers(208, 8), numbers(216, 4)),
        turns);
    scene.beat.one();
    assertEquals(numbers(300, 2), ids(clients.get(1)));
    assertFalse(clients.get(0).link.paused());
    assertFalse(clients.get(1).link.paused());
  }

  /// Commands wait for room first, then for their turn; frames behind them wait for both.
  @Test
  void whatWaitsForRoomComesBeforeWhatCameAfterIt() {
    Scene.Client slow = clients.get(0);
    slow.link.stick();
    say(slow, asks(100, 1));
    slow.link.unstick();
    scene.beat.turn();
    slow.link.take();

    say(clients.get(1), asks(200, 1));
    say(slow, asks(110, 12));
    say(slow, asks(130, 1));
    scene.beat.one();
    assertEquals(numbers(110, TOGETHER), ids(slow));
    scene.beat.one();
    assertEquals(numbers(118, 4), ids(slow));
    scene.beat.turn();
    assertEquals(numbers(130, 1), ids(slow));
    assertFalse(slow.link.paused());
  }

  @Test
  void whoLeavesTakesNobodysTurn() {
    say(clients.get(0), asks(100, 1));
    say(clients.get(1), asks(200, 1));
    say(clients.get(2), asks(300, 1));
    clients.get(1).session.gone();
    scene.beat.one();
    assertEquals(numbers(300, 1), ids(clients.get(2)), "in the turn of the one that left");
    assertEquals(0, scene.hub.backlog().total());
    assertNull(clients.get(2).link.closed());
  }

  /// Whoever answered in time behind four hundred greedy ones was thrown out as silent.
  @Test
  void anAnswerToAPingIsNotLateForOthersAsking() {
    Scene.Client asks = clients.get(0);
    Scene.Client answers = clients.get(1);
    say(asks, asks(100, 1));
    say(answers, "{}");
    assertFalse(answers.link.paused(), "taken at once");
    assertNull(answers.link.closed());
  }

  @Test
  void whoWaitsForItsTurnIsNotSilent() {
    Scene.Client waits = clients.get(1);
    say(clients.get(0), asks(100, 1));
    say(waits, asks(200, 1));
    assertTrue(waits.link.paused());
    ByteBuf ping = TextFrame.of(Replies.ping(), Replies.PING.length());
    long late = scene.beat.millis() + 10L * scene.settings.pingMillis();
    waits.session.sweep(late, 0, ping);
    waits.session.sweep(late + scene.settings.pongMillis(), 0, ping);
    assertNull(waits.link.closed(), "its answer may wait behind what it asked");
    scene.beat.turn();
    waits.session.sweep(late + scene.settings.pongMillis(), 0, ping);
    assertNull(waits.link.closed(), "it was heard");
    waits.session.sweep(late + 3L * scene.settings.pingMillis(), 0, ping);
    waits.session.sweep(late + 5L * scene.settings.pingMillis(), 0, ping);
    assertEquals(CloseCode.NO_PONG, waits.link.closed(), "silent of itself");
    ping.release();
  }

  @Test
  void eachCommandCountsOnceHoweverItWaits() {
    int burst = scene.settings.commandsBurstMax();
    Scene.Client client = scene.client();
    scene.beat.turn();
    String[] pongs = new String[burst - 2];
    java.util.Arrays.fill(pongs, "{}");
    say(client, pongs);
    scene.beat.turn();
    assertNull(client.link.closed(), "just so many");
    say(client, "{}", "{}", "{}");
    scene.beat.turn();
    assertEquals(CloseCode.TOO_MANY_REQUESTS, client.link.closed());
  }
}
