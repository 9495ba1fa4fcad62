package vn.truc.push;

import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;

/// What the hub asks of the rest of the house. Every call is made on the hub's context and returns
/// at once.
public interface ChannelSource {

  /// How a channel behaves.
  enum ChannelClass {
    /// Newest wins, self-contained, conflated.
    CACHE,
    /// Every publication, recoverable by offset and epoch.
    STREAM,
    /// There is no such channel: error 102.
    UNKNOWN
  }

  /// The class of a channel name; [ChannelClass#UNKNOWN] when it or its scope does not exist.
  ChannelClass classOf(String channel);

  /// The payload of a cache channel as of now, one JSON object. Asked at most once per channel and
  /// flush tick, and for a moment also for a channel that has just ceased to exist: that one has no
  /// values.
  Buffer current(String channel);

  /// Hands over, and forgets, the cache channels that changed since the last call. Channels nobody
  /// subscribed may be named.
  void drainChanged(Consumer<String> channels);

  /// The folded position.
  long position();

  /// The epoch of the stream channels: the log's newest id.
  String epoch();
}
