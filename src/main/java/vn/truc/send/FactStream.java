package vn.truc.send;

import java.util.List;

/// Where a sender pulls its facts from. Called on one context; must answer within a few
/// milliseconds.
public interface FactStream {

  /// What is there to send.
  sealed interface Next {}

  /// Structured CloudEvents, one JSON text each, without line breaks; not empty.
  record Batch(List<String> facts) implements Next {
    public Batch {
      facts = List.copyOf(facts);
    }
  }

  /// Nothing yet: ask again after this many milliseconds.
  record Pause(long millis) implements Next {}

  /// Nothing any more.
  record End() implements Next {}

  /// The next facts, at most `max` of them.
  Next next(int max);
}
