package vn.truc.push;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/// What the server says, written as JSON into a [Bytes]. Several replies of one frame are joined by
/// line breaks. Empty and zero members are left out, but a success always has its result member.
final class Replies {
  /// The server's ping.
  static final String PING = "{}";

  private Replies() {}

  static void connect(
      Bytes to, long id, String client, String version, long ttlSeconds, int pingSeconds) {
    begin(to, id).ascii("\"connect\":{\"client\":").quoted(client);
    to.ascii(",\"version\":").quoted(version);
    expiry(to.ascii(","), ttlSeconds);
    to.ascii("\"ping\":").number(pingSeconds).ascii(",\"pong\":true}}");
  }

  static void refresh(Bytes to, long id, String version, long ttlSeconds) {
    begin(to, id).ascii("\"refresh\":{\"version\":").quoted(version);
    if (ttlSeconds > 0) {
      to.ascii(",\"expires\":true,\"ttl\":").number(ttlSeconds);
    }
    to.ascii("}}");
  }

  static void unsubscribe(Bytes to, long id) {
    begin(to, id).ascii("\"unsubscribe\":{}}");
  }

  static void error(Bytes to, long id, ErrorCode error) {
    begin(to, id).ascii("\"error\":{\"code\":").number(error.code());
    to.ascii(",\"message\":").quoted(error.message());
    if (error.temporary()) {
      to.ascii(",\"temporary\":true");
    }
    to.ascii("}}");
  }

  /// The head of a subscribe reply: all but its publications.
  static void subscribe(Bytes to, long id, String epoch, long offset, Outcome outcome) {
    begin(to, id).ascii("\"subscribe\":{\"recoverable\":true,\"positioned\":true,\"epoch\":");
    to.quoted(epoch);
    if (offset > 0) {
      to.ascii(",\"offset\":").number(offset);
    }
    switch (outcome) {
      case FRESH -> {}
      case RECOVERED -> to.ascii(",\"was_recovering\":true,\"recovered\":true");
      case LOST -> to.ascii(",\"was_recovering\":true");
    }
  }

  /// How a subscribe went: nothing was asked, the position was recovered, or it was not.
  enum Outcome {
    FRESH,
    RECOVERED,
    LOST
  }

  static void beginPublications(Bytes to) {
    to.ascii(",\"publications\":[");
  }

  static void publication(Bytes to, Buffer data, long offset) {
    to.ascii("{\"data\":").raw(data);
    if (offset > 0) {
      to.ascii(",\"offset\":").number(offset);
    }
    to.raw('}');
  }

  static void endPublications(Bytes to) {
    to.raw(']');
  }

  static void endSubscribe(Bytes to) {
    to.ascii("}}");
  }

  static void unsubscribed(Bytes to, String channel, UnsubscribeCode code) {
    if (to.length() > 0) {
      to.raw('\n');
    }
    to.ascii("{\"push\":{\"channel\":").quoted(channel);
    to.ascii(",\"unsubscribe\":{\"code\":").number(code.code());
    to.ascii(",\"reason\":").quoted(code.reason()).ascii("}}}");
  }

  /// The part of a publication push before its data, the same for every one of a channel.
  static byte[] pushHead(String channel) {
    Bytes to = new Bytes();
    to.ascii("{\"push\":{\"channel\":").quoted(channel).ascii(",\"pub\":{\"data\":");
    return to.copy();
  }

  /// The rest of a publication push; offset 0 for none.
  static void pushTail(Bytes to, long offset) {
    if (offset > 0) {
      to.ascii(",\"offset\":").number(offset);
    }
    to.ascii("}}}");
  }

  static byte[] ping() {
    return PING.getBytes(StandardCharsets.US_ASCII);
  }

  private static Bytes begin(Bytes to, long id) {
    if (to.length() > 0) {
      to.raw('\n');
    }
    return to.ascii("{\"id\":").number(id).raw(',');
  }

  private static void expiry(Bytes to, long ttlSeconds) {
    if (ttlSeconds > 0) {
      to.ascii("\"expires\":true,\"ttl\":").number(ttlSeconds).raw(',');
    }
  }
}
