package vn.truc.push;

import io.netty.buffer.ByteBuf;

/// A socket as a session sees it. Touched by the hub's context alone.
interface Link {

  /// Queues one finished text frame ([TextFrame]) and takes over one reference of it.
  void write(ByteBuf frame);

  /// Hands what is queued to the network.
  void flush();

  /// Bytes queued and not yet taken by the network.
  long queuedBytes();

  /// Runs once when all that is queued now has been taken by the network, or never.
  void drained(Runnable then);

  /// Stops reading from the client, or goes on.
  void reading(boolean on);

  /// Begins the close handshake; cuts the link when that takes longer than the settings allow.
  void close(CloseCode code);

  /// Cuts the link without a close handshake.
  void cut();
}
