package vn.truc.send;

import java.util.List;

/// Where a sender pulls its facts from. Called on one context; must answer within a few
/// milliseconds.
public interface FactStream {

  /// What is there to send.
  sealed interface Next {}

  /// Structured CloudEvents, one JSON text each, without line breaks; not empty.
  ///
  /// @param places where each of them stands in what is sent, in words (`line 7`), so that whoever
  /// mends a refused one finds it; empty where they come from nowhere
  record Batch(List<String> facts, List<String> places) implements Next {
    public Batch {
      facts = List.copyOf(facts);
      places = List.copyOf(places);
      if (!places.isEmpty() && places.size() != facts.size()) {
        throw new IllegalArgumentException(places.size() + " places of " + facts.size() + " facts");
      }
    }

    public Batch(List<String> facts) {
      this(facts, List.of());
    }
  }

  /// Nothing yet: ask again after this many milliseconds.
  record Pause(long millis) implements Next {}

  /// Nothing any more.
  record End() implements Next {}

  /// The next facts, at most `max` of them.
  Next next(int max);
}
