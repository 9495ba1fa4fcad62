package vn.truc.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Several connections that post feedback, single facts and NDJSON in turn, until the server goes
/// away. Each case gets one fact or three; each fact has its own id.
final class Loader {
  private static final int NDJSON_CASES = 40;
  private static final int SINGLES = 6;

  private final RunningServer server;
  private final String key;
  private final String prefix;
  private final CountDownLatch enough;
  private final List<Thread> threads = new ArrayList<>();

  /// Posts answered 202, and those whose answer never came: texts by id.
  private final Map<String, String> accepted = new ConcurrentSkipListMap<>();

  private final Map<String, String> unanswered = new ConcurrentSkipListMap<>();
  private final Map<String, String> surprises = new ConcurrentHashMap<>();
  private volatile boolean ending;

  /// @param prefix begins every code
  /// @param requests answered requests after which [#awaitEnough] returns
  Loader(RunningServer server, String key, String prefix, int requests) {
    this.server = server;
    this.key = key;
    this.prefix = prefix;
    this.enough = new CountDownLatch(requests);
  }

  Loader begin(int connections, long seed) {
    for (int i = 0; i < connections; i++) {
      int connection = i;
      SplittableRandom random = new SplittableRandom(seed * 31 + i);
      threads.add(Thread.ofVirtual().start(() -> load(connection, random)));
    }
    return this;
  }

  /// Waits until so many requests were answered 202.
  void awaitEnough() throws InterruptedException {
    if (!enough.await(60, TimeUnit.SECONDS)) {
      throw new AssertionError(
          enough.getCount() + " requests are missing; surprises: " + surprises);
    }
  }

  /// Begins no more requests, and waits for those under way.
  void end() throws InterruptedException {
    ending = true;
    awaitEnd();
  }

  /// Waits until every connection is gone.
  void awaitEnd() throws InterruptedException {
    for (Thread thread : threads) {
      if (!thread.join(java.time.Duration.ofMinutes(1))) {
        throw new AssertionError("a connection does not end");
      }
    }
  }

  private void load(int connection, SplittableRandom random) {
    for (int request = 0; !ending; request++) {
      int cases = request % (SINGLES + 1) == 0 ? 1 + random.nextInt(NDJSON_CASES) : 1;
      Map<String, String> facts = new TreeMap<>();
      for (int i = 0; i < cases; i++) {
        String code = prefix + "-" + connection + "-" + request + "-" + i;
        facts.put(code + "/1", Fact.feedback(code + "/1", code, "received"));
        if (cases > 1) {
          facts.put(code + "/2", Fact.feedback(code + "/2", code, "accepted"));
          facts.put(code + "/3", Fact.feedback(code + "/3", code, "assigned"));
        }
      }
      String type = cases == 1 ? RunningServer.STRUCTURED : RunningServer.NDJSON;
      try {
        RunningServer.Answer answer = server.post(key, type, String.join("\n", facts.values()));
        if (answer.status() == 503 || answer.status() == 429) {
          unanswered.putAll(facts);
          return;
        }
        if (answer.status() != 202 || answer.json().getInteger("accepted") != facts.size()) {
          surprises.put(prefix + "-" + connection + "-" + request, answer.toString());
          return;
        }
        accepted.putAll(facts);
        enough.countDown();
      } catch (IOException e) {
        unanswered.putAll(facts);
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /// Facts answered 202, by id.
  Map<String, String> accepted() {
    return accepted;
  }

  /// Facts whose sender was left without an answer or told to come again.
  Map<String, String> unanswered() {
    return unanswered;
  }

  /// Answers nobody should get.
  Map<String, String> surprises() {
    return surprises;
  }
}
