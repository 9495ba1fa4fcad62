package vn.truc.push;

import java.util.List;
import java.util.Objects;

/// The limits of push. Each has a unit, last in its name, and a default.
///
/// @param flushTickMillis the least time between two flushes; the first change goes at once
/// @param renewMillis after this time a cache channel is published anew, changed or not, so that
/// its `asOf` goes on; at most 10000, for screens count numbers as old after twice that
/// @param pingMillis the time between two pings of a connection
/// @param pongMillis how long a pong may take before close 3012
/// @param connectMillis how long a socket may stay without a valid connect before close 3502
/// @param expiryGraceMillis how long after its token's expiry a connection lives, for the refresh
/// @param holdMillis how long a subscriber that is ahead of this node is held
/// @param heldMax subscribers that are held at once, beyond it error 111
/// @param slowMillis after this time without a byte drained a full connection is closed, 3008
/// @param closeMillis how long a close handshake may take before the socket is cut
/// @param shutdownMillis the time over which a stop spreads its closes
/// @param queueBytesMax bytes queued for one connection before its pushes are conflated
/// @param queueBytesTotalMax bytes queued for all connections, messages that have not ended
/// included; beyond it those without a token, then the worst, are closed, 3008
/// @param frameBytesMax size of a composed frame; one larger publication still gets one of its own
/// @param recoveryBytesMax size of the publications in one recovery reply, beyond it not recovered
/// @param messageBytesMax size of a message from a client
/// @param connectionsMax sockets in all, beyond it 503
/// @param channelsMax channels of one connection, beyond it error 106
/// @param channelBytesMax length of a channel name in UTF-8, beyond it error 107
/// @param ringMax publications a stream channel keeps for recovery
/// @param pendingMax publications of one stream channel between two flushes; beyond it its
/// subscribers are told to recover
/// @param commandsPerSecondMax frames and commands a second, lasting, beyond it close 3013
/// @param commandsBurstMax frames and commands at once, beyond it close 3013
/// @param origins allowed values of `Origin` besides our own, `https://host[:port]`
public record PushSettings(
    int flushTickMillis,
    int renewMillis,
    int pingMillis,
    int pongMillis,
    int connectMillis,
    int expiryGraceMillis,
    int holdMillis,
    int heldMax,
    int slowMillis,
    int closeMillis,
    int shutdownMillis,
    int queueBytesMax,
    int queueBytesTotalMax,
    int frameBytesMax,
    int recoveryBytesMax,
    int messageBytesMax,
    int connectionsMax,
    int channelsMax,
    int channelBytesMax,
    int ringMax,
    int pendingMax,
    int commandsPerSecondMax,
    int commandsBurstMax,
    List<String> origins) {

  private static final int RENEW_MILLIS_MAX = 10_000;

  public PushSettings {
    positive(flushTickMillis, "flushTickMillis");
    atLeast(renewMillis, 100, "renewMillis");
    if (renewMillis > RENEW_MILLIS_MAX) {
      throw new IllegalArgumentException("renewMillis must be at most " + RENEW_MILLIS_MAX);
    }
    atLeast(pingMillis, 1000, "pingMillis");
    positive(pongMillis, "pongMillis");
    positive(connectMillis, "connectMillis");
    atLeast(expiryGraceMillis, 0, "expiryGraceMillis");
    atLeast(holdMillis, 0, "holdMillis");
    positive(heldMax, "heldMax");
    positive(slowMillis, "slowMillis");
    positive(closeMillis, "closeMillis");
    positive(shutdownMillis, "shutdownMillis");
    atLeast(queueBytesMax, 1024, "queueBytesMax");
    atLeast(queueBytesTotalMax, 1024, "queueBytesTotalMax");
    atLeast(frameBytesMax, 1024, "frameBytesMax");
    atLeast(recoveryBytesMax, 1024, "recoveryBytesMax");
    atLeast(messageBytesMax, 1024, "messageBytesMax");
    positive(connectionsMax, "connectionsMax");
    positive(channelsMax, "channelsMax");
    positive(channelBytesMax, "channelBytesMax");
    positive(ringMax, "ringMax");
    positive(pendingMax, "pendingMax");
    positive(commandsPerSecondMax, "commandsPerSecondMax");
    positive(commandsBurstMax, "commandsBurstMax");
    if (pongMillis >= pingMillis) {
      throw new IllegalArgumentException("pongMillis must be below pingMillis");
    }
    origins = List.copyOf(Objects.requireNonNull(origins, "origins"));
  }

  /// The defaults, every one fit for a province.
  public static PushSettings defaults() {
    return new PushSettings(
        100,
        5_000,
        25_000,
        8_000,
        15_000,
        25_000,
        3_000,
        10_000,
        10_000,
        2_000,
        1_500,
        1024 * 1024,
        128 * 1024 * 1024,
        64 * 1024,
        900 * 1024,
        64 * 1024,
        20_000,
        256,
        255,
        300,
        5_000,
        200,
        2_000,
        List.of());
  }

  private static void positive(int value, String name) {
    atLeast(value, 1, name);
  }

  private static void atLeast(int value, int least, String name) {
    if (value < least) {
      throw new IllegalArgumentException(name + " must be at least " + least + ", is " + value);
    }
  }
}
