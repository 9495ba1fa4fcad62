package vn.truc.http;

import io.micrometer.core.instrument.Counter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;

/// Ends TLS connections that have us answer what says nothing: each request for new keys costs the
/// loop a reckoning and a record, however few of those are read, and no bound of HTTP or WebSocket
/// sees them. Honest ones ask for new keys every few hundred gigabytes.
///
/// Counted are small records that leave without anything having been written to go into them.
final class TlsChatter {
  /// Such records of one connection: farewell, tickets, and new keys for years.
  static final int RECORDS_MAX = 64;

  /// No answer to a request for new keys is larger.
  private static final int SMALL_BYTES = 128;

  /// Writes that may still leave as records of their own.
  private static final int OWED_MAX = 64;

  private int owed;
  private int records;

  private TlsChatter() {}

  /// Watches a connection where it speaks TLS.
  static void install(ChannelPipeline pipeline, Counter cut) {
    SslHandler tls = pipeline.get(SslHandler.class);
    if (tls != null) {
      TlsChatter watch = new TlsChatter();
      String name = pipeline.context(tls).name();
      pipeline.addBefore(name, null, watch.new Records(cut));
      pipeline.addAfter(name, null, watch.new Writes());
    }
  }

  /// What is written, before it is enciphered.
  private final class Writes extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      owed = Math.min(OWED_MAX, owed + 1);
      var _ = context.write(message, promise);
    }
  }

  /// What leaves.
  private final class Records extends ChannelOutboundHandlerAdapter {
    private final Counter cut;

    Records(Counter cut) {
      this.cut = cut;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      boolean small = message instanceof ByteBuf record && record.readableBytes() <= SMALL_BYTES;
      if (small && owed > 0) {
        owed--;
      } else if (small && ++records == RECORDS_MAX) {
        cut.increment();
        context
            .channel()
            .eventLoop()
            .execute(() -> context.channel().unsafe().close(context.voidPromise()));
      }
      var _ = context.write(message, promise);
    }
  }
}
