package vn.truc.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WaitingTest {
  private final Scene scene = Scene.standard();
  private final Session one = scene.client().session;
  private final Session two = scene.client().session;
  private final Waiting waiting = new Waiting();

  private static ClientCommand.Subscribe subscribe(String channel, long offset) {
    return new ClientCommand.Subscribe(1, channel, true, offset, "", false, 0, false);
  }

  private String polled(long position, long now) {
    Waiting.Held held = waiting.poll(position, now);
    return held == null ? "none" : held.command().channel();
  }

  @Test
  void whosePositionIsReachedComesFirstThenWhoWaitedLongEnough() {
    waiting.add(one, subscribe("a", 9), 10);
    waiting.add(one, subscribe("b", 5), 20);
    waiting.add(two, subscribe("a", -1), 30);
    assertEquals(3, waiting.size());
    assertEquals(2, waiting.of(one));
    assertTrue(waiting.has(one, "b"));
    assertFalse(waiting.has(two, "b"));
    assertEquals("none", polled(4, 9));
    assertEquals("b", polled(5, 9));
    assertEquals("none", polled(8, 9));
    assertEquals("a", polled(8, 10), "its time is over");
    assertEquals("none", polled(Long.MAX_VALUE, 29), "offsets are unsigned");
    assertEquals("a", polled(0, 30));
    assertTrue(waiting.isEmpty());
    assertEquals("none", polled(-1, Long.MAX_VALUE));
  }

  @Test
  void whatWasGivenUpIsNotAnswered() {
    waiting.add(one, subscribe("a", 5), 10);
    waiting.add(one, subscribe("b", 5), 10);
    waiting.add(two, subscribe("a", 6), 10);
    assertNotNull(waiting.remove(one, "a"));
    assertNull(waiting.remove(one, "a"));
    assertNull(waiting.remove(two, "b"));
    waiting.forget(two);
    waiting.forget(two);
    assertEquals(1, waiting.size());
    assertEquals(0, waiting.of(two));
    assertEquals(1, waiting.all().size());
    assertEquals("b", polled(9, 0));
    assertEquals("none", polled(9, 99));
  }

  @Test
  void oneThatComesAgainWaitsAnew() {
    waiting.add(one, subscribe("a", 5), 10);
    waiting.remove(one, "a");
    waiting.add(one, subscribe("a", 7), 20);
    assertEquals("none", polled(6, 10), "the former one was given up");
    assertEquals("a", polled(7, 10));
  }

  /// Whoever subscribes and gives up without end must not fill the orders.
  @Test
  void theGivenUpDoNotPileUp() {
    waiting.add(two, subscribe("kept", 50), 1_000_000);
    for (int i = 0; i < 10_000; i++) {
      waiting.add(one, subscribe("a" + i, 1_000 + i), i);
      waiting.remove(one, "a" + i);
      assertTrue(waiting.ordered() < 200, "" + waiting.ordered());
    }
    assertEquals("kept", polled(50, 0));
  }
}
