package vn.truc.push;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;

/// Reads frames, and says how much lies there of messages that have not ended.
final class FrameDecoder extends WebSocket13FrameDecoder {
  private final Arriving arriving;

  FrameDecoder(WebSocketDecoderConfig config, Arriving arriving) {
    super(config);
    this.arriving = arriving;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) throws Exception {
    super.channelReadComplete(context);
    ByteBuf rest = internalBuffer();
    arriving.read(rest.isReadable() ? rest.capacity() : 0);
  }
}
