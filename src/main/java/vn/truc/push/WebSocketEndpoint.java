package vn.truc.push;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The door of `/connection/websocket`: decides who may upgrade and brings sockets and sessions
/// together. Runs on the hub's context, as must the HTTP server.
public final class WebSocketEndpoint implements Handler<HttpServerRequest> {
  /// The route it is meant for.
  public static final String PATH = "/connection/websocket";

  /// What a frame may announce on a socket that is closed as soon as it is there.
  private static final int CLOSED_BYTES_MAX = 4 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(WebSocketEndpoint.class);
  private static final String PROTOCOL = "centrifuge-json";
  private static final String PROTOBUF = "centrifuge-protobuf";
  private static final String SUB_PROTOCOL = "Sec-WebSocket-Protocol";
  private static final String VERSION_HEADER = "Sec-WebSocket-Version";
  private static final String VERSION = "13";

  private final Hub hub;
  private final BooleanSupplier ready;
  private final Function<HttpServerRequest, @Nullable String> host;
  private final OriginRule origins;

  /// @param ready whether this node has caught up and may serve; asked at each upgrade
  /// @param host the host and port a request's client asked for, which is ours
  public WebSocketEndpoint(
      Hub hub, BooleanSupplier ready, Function<HttpServerRequest, @Nullable String> host) {
    this.hub = Objects.requireNonNull(hub, "hub");
    this.ready = Objects.requireNonNull(ready, "ready");
    this.host = Objects.requireNonNull(host, "host");
    this.origins = new OriginRule(hub.settings().origins());
  }

  /// Sets what sockets need on a server's options: compression off at both switches (it costs five
  /// times the CPU and 100 KB a connection), our sub-protocol, bounded messages. Strict threads:
  /// all writes come from the event loop, so a connection needs no queue (5 KB) for those of
  /// others.
  public static HttpServerOptions configure(HttpServerOptions options, PushSettings settings) {
    return options
        .setStrictThreadMode(true)
        .setPerMessageWebSocketCompressionSupported(false)
        .setPerFrameWebSocketCompressionSupported(false)
        .addWebSocketSubProtocol(PROTOCOL)
        .addWebSocketSubProtocol(PROTOBUF)
        .setMaxWebSocketFrameSize(settings.messageBytesMax())
        .setMaxWebSocketMessageSize(settings.messageBytesMax())
        .setWebSocketClosingTimeout(Math.max(1, settings.closeMillis() / 1000));
  }

  /// Upgrades, or answers: 405 for another method, 400 for anything but a WebSocket, 426 for
  /// another version of it, 403 for a foreign `Origin`, 503 with `Retry-After` while the node is
  /// not ready or has no room.
  @Override
  public void handle(HttpServerRequest request) {
    Optional<Refusal> refusal = refusal(request);
    if (refusal.isPresent()) {
      hub.metrics().upgradeRefused();
      answer(request, refusal.get());
      return;
    }
    boolean protobuf = asksProtobuf(request);
    String offered = request.getHeader(SUB_PROTOCOL);
    if (!protobuf && offered != null && offered.contains(PROTOBUF)) {
      // whoever can do both gets the one that is served, whatever it would rather have
      request.headers().set(SUB_PROTOCOL, PROTOCOL);
    }
    request
        .toWebSocket()
        .onSuccess(socket -> accept(socket, protobuf))
        .onFailure(cause -> LOG.debug("upgrade_failed cause={}", cause.toString()));
  }

  /// Closes every connection with 3001 and refuses new ones; completes when all closes were sent.
  public Future<Void> shutdown() {
    return hub.stop();
  }

  /// Why there is no upgrade.
  private record Refusal(int status, String title, String detail) {}

  private Optional<Refusal> refusal(HttpServerRequest request) {
    if (!request.method().equals(HttpMethod.GET)) {
      return refused(405, "Method Not Allowed", "this address knows GET only");
    }
    if (!"websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE))) {
      return refused(400, "Not a WebSocket", "this address speaks WebSocket only");
    }
    if (!VERSION.equals(request.getHeader(VERSION_HEADER))) {
      return refused(426, "Upgrade Required", "the version of WebSocket is 13");
    }
    if (!origins.allows(request.getHeader(HttpHeaders.ORIGIN), host.apply(request))) {
      return refused(403, "Origin not allowed", "the page's origin is neither ours nor listed");
    }
    if (hub.stopping() || !ready.getAsBoolean()) {
      return refused(503, "Not ready", "the server is starting, catching up or stopping");
    }
    if (hub.connections() >= hub.settings().connectionsMax()) {
      return refused(503, "Too many connections", "no room for another connection");
    }
    return Optional.empty();
  }

  private static Optional<Refusal> refused(int status, String title, String detail) {
    return Optional.of(new Refusal(status, title, detail));
  }

  private static boolean asksProtobuf(HttpServerRequest request) {
    String offered = request.getHeader(SUB_PROTOCOL);
    boolean offersOnlyProtobuf =
        offered != null && offered.contains(PROTOBUF) && !offered.contains(PROTOCOL);
    return offersOnlyProtobuf
        || "protobuf".equals(request.getParam("format"))
        || "protobuf".equals(request.getParam("cf_protocol"));
  }

  private static void answer(HttpServerRequest request, Refusal refusal) {
    var response = request.response().setStatusCode(refusal.status());
    if (refusal.status() == 503) {
      response.putHeader(HttpHeaders.RETRY_AFTER, "1");
    } else if (refusal.status() == 426) {
      response.putHeader(VERSION_HEADER, VERSION);
      response.putHeader(HttpHeaders.UPGRADE, "websocket");
    } else if (refusal.status() == 405) {
      response.putHeader(HttpHeaders.ALLOW, "GET");
    }
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/problem+json")
        .putHeader(HttpHeaders.CONNECTION, "close")
        .end(
            "{\"title\":\""
                + refusal.title()
                + "\",\"status\":"
                + refusal.status()
                + ",\"detail\":\""
                + refusal.detail()
                + "\"}");
  }

  private void accept(ServerWebSocket socket, boolean protobuf) {
    SocketLink link = new SocketLink(socket, hub.beat(), hub.settings().closeMillis(), true);
    if (protobuf) {
      // a refused upgrade is tried again for ever; this code is final
      hub.metrics().opened();
      hub.metrics().closed(CloseCode.NOT_AVAILABLE);
      link.guard(CLOSED_BYTES_MAX, _ -> link.cut(), new Arriving(_ -> {}), () -> {});
      link.close(CloseCode.NOT_AVAILABLE);
      return;
    }
    Session session = hub.open(link);
    int messageBytesMax = hub.settings().messageBytesMax();
    Arriving arriving = new Arriving(bytes -> hub.backlog().unfinished(session, bytes));
    Inbound inbound = new Inbound(session, messageBytesMax, arriving);
    link.guard(messageBytesMax, session::close, arriving, inbound::forget);
    socket.frameHandler(inbound);
    socket.exceptionHandler(inbound::failed);
    socket.closeHandler(_ -> session.gone());
  }

  /// Puts messages together from frames.
  static final class Inbound implements Handler<WebSocketFrame> {
    private final Session session;
    private final int messageBytesMax;
    private final Arriving arriving;
    private final List<Buffer> begun = new ArrayList<>(0);
    private int begunBytes;

    Inbound(Session session, int messageBytesMax, Arriving arriving) {
      this.session = session;
      this.messageBytesMax = messageBytesMax;
      this.arriving = arriving;
    }

    @Override
    public void handle(WebSocketFrame frame) {
      int bytes = frame.binaryData().length();
      switch (frame.type()) {
        case TEXT, CONTINUATION -> arriving.part(bytes, frame.isFinal());
        case BINARY, PING, PONG, CLOSE -> arriving.control(bytes);
      }
      if (!session.open()) {
        forget();
        return;
      }
      switch (frame.type()) {
        case TEXT -> {
          if (frame.isFinal() && begun.isEmpty()) {
            session.commands().receive(frame.binaryData().getBytes());
          } else {
            append(frame);
          }
        }
        case CONTINUATION -> append(frame);
        case BINARY -> session.close(CloseCode.INAPPROPRIATE_PROTOCOL);
        case PING, PONG -> session.commands().allowed();
        case CLOSE -> {}
      }
    }

    private void append(WebSocketFrame frame) {
      Buffer part = frame.binaryData();
      begunBytes += part.length();
      if (begunBytes > messageBytesMax) {
        forget();
        session.close(CloseCode.TOO_BIG);
      } else if (frame.isFinal()) {
        byte[] whole = new byte[begunBytes];
        int at = 0;
        for (Buffer one : begun) {
          one.getBytes(whole, at);
          at += one.length();
        }
        part.getBytes(whole, at);
        forget();
        session.commands().receive(whole);
      } else {
        begun.add(part);
        if (!session.commands().allowed()) {
          forget();
        }
      }
    }

    /// Lets go of a message that was begun.
    void forget() {
      begun.clear();
      begunBytes = 0;
      arriving.forget();
    }

    void failed(Throwable cause) {
      LOG.debug("socket_failed cause={}", cause.toString());
    }
  }
}
