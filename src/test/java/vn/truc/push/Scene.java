package vn.truc.push;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/// A hub on a hand clock with fakes around it, for tests.
final class Scene {
  final HandBeat beat = new HandBeat();
  final FakeSource source = new FakeSource();
  final FakeTokens tokens = new FakeTokens();
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final PushMetrics metrics = new PushMetrics(registry);
  final PushSettings settings;
  Hub hub;

  Scene(PushSettings settings) {
    this.settings = settings;
    this.hub = newHub();
  }

  static Scene standard() {
    return new Scene(PushSettings.defaults());
  }

  /// Another hub on the same clock and source, as after a restart.
  Hub newHub() {
    return new Hub(beat, settings, source, tokens, metrics);
  }

  /// One client.
  final class Client {
    final FakeLink link = new FakeLink();
    final Session session = hub.open(link);

    Client say(String... lines) {
      session.commands().receive(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
      beat.turn();
      return this;
    }

    /// Connects as a user and forgets the reply.
    Client connected(String token) {
      say("{\"connect\":{\"token\":\"" + token + "\"},\"id\":1}");
      link.take();
      return this;
    }
  }

  /// A client that has not said anything.
  Client open() {
    return new Client();
  }

  /// A client connected as `an`.
  Client client() {
    return new Client().connected("an");
  }

  /// Publishes a numbered payload as the record at a position.
  void publish(String channel, long position) {
    source.position(position);
    hub.publish(channel, position, StreamItem.of(Buffer.buffer("{\"n\":" + position + "}")));
    hub.changed();
    beat.turn();
  }

  /// Changes a cache channel.
  void set(String channel, String json) {
    source.set(channel, json);
    hub.changed();
    beat.turn();
  }

  double count(String name, String... tags) {
    return registry.get(name).tags(tags).counter().count();
  }

  static String subscribe(long id, String channel) {
    return "{\"subscribe\":{\"channel\":\"" + channel + "\"},\"id\":" + id + "}";
  }

  static String recover(long id, String channel, long offset, String epoch) {
    return "{\"subscribe\":{\"channel\":\""
        + channel
        + "\",\"recover\":true,\"offset\":"
        + offset
        + ",\"epoch\":\""
        + epoch
        + "\"},\"id\":"
        + id
        + "}";
  }
}
