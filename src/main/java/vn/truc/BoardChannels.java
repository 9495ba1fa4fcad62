package vn.truc;

import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import vn.truc.board.Board;
import vn.truc.board.Change;
import vn.truc.board.Topic;
import vn.truc.push.ChannelSource;
import vn.truc.push.Hub;
import vn.truc.push.StreamItem;

/// The board as channels: `<topic>:<scope>`, `map:<metric>` and `feed:<scope>`.
final class BoardChannels implements ChannelSource {
  private static final String MAP = "map";
  private static final String FEED = "feed";

  private final Board board;
  private final Supplier<String> epoch;

  /// The feed of each scope: the same text each time, which knows its hash.
  private final Map<String, String> feeds = new HashMap<>();

  /// Maps somebody asked for, so that a change of an area names them.
  private final Set<String> maps = new HashSet<>();

  /// Since when records may be missing, and whether every channel has to say so anew.
  private Optional<Long> staleSinceMicros = Optional.empty();

  private boolean allChanged;

  BoardChannels(Board board, Supplier<String> epoch) {
    this.board = board;
    this.epoch = epoch;
  }

  @Override
  public ChannelClass classOf(String channel) {
    int colon = channel.indexOf(':');
    if (colon <= 0) {
      return ChannelClass.UNKNOWN;
    }
    String topic = channel.substring(0, colon);
    String rest = channel.substring(colon + 1);
    if (topic.equals(MAP)) {
      if (!board.hasMap(rest)) {
        return ChannelClass.UNKNOWN;
      }
      maps.add(rest);
      return ChannelClass.CACHE;
    }
    if (topic.equals(FEED)) {
      return board.hasScope(rest) ? ChannelClass.STREAM : ChannelClass.UNKNOWN;
    }
    return Topic.of(topic).isPresent() && board.hasScope(rest)
        ? ChannelClass.CACHE
        : ChannelClass.UNKNOWN;
  }

  @Override
  public Buffer current(String channel) {
    int colon = channel.indexOf(':');
    String topic = channel.substring(0, colon);
    String rest = channel.substring(colon + 1);
    boolean map = topic.equals(MAP);
    if (map ? !board.hasMap(rest) : !board.hasScope(rest)) {
      // gone with a configuration; its subscribers are being told
      return Buffer.buffer("{\"values\":{},\"missing\":{}}");
    }
    return Buffer.buffer(
        Staleness.marked(
            map ? board.mapJson(rest) : board.topicJson(Topic.of(topic).orElseThrow(), rest),
            staleSinceMicros));
  }

  /// Takes since when records may be missing here, real time in microseconds since 1970; whether
  /// that is news. Then every channel is drained once as changed.
  boolean stale(Optional<Long> sinceMicros) {
    if (sinceMicros.isPresent() == staleSinceMicros.isPresent()) {
      return false;
    }
    staleSinceMicros = sinceMicros;
    allChanged = true;
    return true;
  }

  @Override
  public void drainChanged(Consumer<String> channels) {
    Set<Topic> ofAreas = new HashSet<>();
    if (allChanged) {
      allChanged = false;
      drainAll(channels, ofAreas);
    }
    board.drainChanged(
        (scope, topic) -> {
          channels.accept(topic.label() + ":" + scope);
          if (board.isArea(scope)) {
            ofAreas.add(topic);
          }
        });
    for (String metric : maps) {
      if (board.topicOf(metric).filter(ofAreas::contains).isPresent()) {
        channels.accept(MAP + ":" + metric);
      }
    }
  }

  private void drainAll(Consumer<String> channels, Set<Topic> ofAreas) {
    Set<String> scopes = new HashSet<>(Set.of("province", "unassigned"));
    board.config().agencies().forEach(agency -> scopes.add(agency.id()));
    board.config().areas().forEach(area -> scopes.add(area.code()));
    board.config().fields().forEach(field -> scopes.add("field:" + field.id()));
    for (Topic topic : Topic.values()) {
      ofAreas.add(topic);
      scopes.forEach(scope -> channels.accept(topic.label() + ":" + scope));
    }
  }

  @Override
  public long position() {
    return board.position();
  }

  @Override
  public String epoch() {
    return epoch.get();
  }

  private static String feedOf(String scope) {
    return FEED + ":" + scope;
  }

  /// Publishes a change by a fact on the feed of every scope the case lies in.
  void publish(Hub hub, Change change) {
    if (change.cause() == Change.Cause.CLOCK) {
      return;
    }
    StreamItem item = StreamItem.of(() -> Buffer.buffer(change.feedJson()));
    for (String scope : change.scopes()) {
      hub.publish(feeds.computeIfAbsent(scope, BoardChannels::feedOf), change.position(), item);
    }
  }
}
