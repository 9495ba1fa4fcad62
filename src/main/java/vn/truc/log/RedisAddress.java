package vn.truc.log;

import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.ProtocolVersion;
import io.vertx.redis.client.RedisOptions;
import java.net.URI;
import java.net.URISyntaxException;

/// Where a store is: `redis://[user:password@]host[:port][/database]`, `rediss://` over TLS. Never
/// printed with its password.
public final class RedisAddress {
  private static final int PORT = 6379;

  private final String connection;
  private final String shown;
  private final boolean tls;

  private RedisAddress(String connection, String shown, boolean tls) {
    this.connection = connection;
    this.shown = shown;
    this.tls = tls;
  }

  /// Reads an address.
  ///
  /// @throws IllegalArgumentException when it has another form; the message does not repeat it
  public static RedisAddress of(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException _) {
      throw new IllegalArgumentException("the address of the store is no URI");
    }
    String scheme = uri.getScheme();
    if (!"redis".equals(scheme) && !"rediss".equals(scheme)) {
      throw new IllegalArgumentException(
          "the address of the store must begin with redis:// or rediss://");
    }
    String path = uri.getPath() == null ? "" : uri.getPath();
    if (uri.getHost() == null || !path.matches("(/\\d{0,4})?") || uri.getQuery() != null) {
      throw new IllegalArgumentException(
          "the address of the store must be redis://[user:password@]host[:port][/database]");
    }
    int port = uri.getPort() < 0 ? PORT : uri.getPort();
    return new RedisAddress(
        text,
        scheme + "://" + uri.getHost() + ":" + port + (path.equals("/") ? "" : path),
        scheme.equals("rediss"));
  }

  /// How the client is told.
  ///
  /// @param waitingMax commands that may wait for their answers on one connection
  RedisOptions options(RedisSettings settings, int waitingMax) {
    NetClientOptions net =
        new NetClientOptions().setConnectTimeout(settings.connectMillisMax()).setTcpNoDelay(true);
    if (tls) {
      net.setSsl(true).setHostnameVerificationAlgorithm("HTTPS");
    }
    return new RedisOptions()
        .setConnectionString(connection)
        .setNetClientOptions(net)
        .setPreferredProtocolVersion(ProtocolVersion.RESP2)
        .setMaxPoolSize(1)
        .setPoolCleanerInterval(-1)
        .setPoolRecycleTimeout(-1)
        .setMaxWaitingHandlers(waitingMax);
  }

  /// Without user and password.
  @Override
  public String toString() {
    return shown;
  }
}
