package vn.truc.push;

/// What a client says. Ids are unsigned 32-bit and positive.
sealed interface ClientCommand {

  /// The first command of every connection.
  record Connect(long id, String token) implements ClientCommand {}

  /// A fresh token.
  record Refresh(long id, String token) implements ClientCommand {}

  /// A wish for a channel.
  ///
  /// @param recover whether the client brings a position
  /// @param offset its position's offset, unsigned, 0 when absent
  /// @param epoch its position's epoch, empty when absent
  /// @param strict flag bit 2: refuse with 112 rather than start anew
  /// @param type 0 for ordinary channels
  /// @param filtered whether a tag filter came with it
  record Subscribe(
      long id,
      String channel,
      boolean recover,
      long offset,
      String epoch,
      boolean strict,
      long type,
      boolean filtered)
      implements ClientCommand {}

  /// The end of a subscription.
  record Unsubscribe(long id, String channel) implements ClientCommand {}

  /// The answer to a ping.
  record Pong() implements ClientCommand {}

  /// A one-way message; nothing listens.
  record Send() implements ClientCommand {}

  /// What breaks the protocol: nothing behind it is read.
  record Broken() implements ClientCommand {}

  /// A command outside the subset.
  record Unavailable(long id) implements ClientCommand {}
}
