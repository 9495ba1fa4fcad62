package vn.truc.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import vn.truc.access.Access;
import vn.truc.access.DashboardTokens;
import vn.truc.access.Role;

/// `POST /api/v1/token`: a good dashboard token for a fresh one. On a demonstration it also gives a
/// province viewer to a browser on the same machine that shows no token, so that the bare page
/// opens.
public final class TokenRoutes {
  private static final Set<String> LOOPBACK_HOSTS =
      Set.of("localhost", "127.0.0.1", "[::1]", "::1");

  private final Authority authority;
  private final boolean demo;

  /// @param demo whether a token is given to loopback browsers without one
  public TokenRoutes(Authority authority, boolean demo) {
    this.authority = authority;
    this.demo = demo;
  }

  /// Adds the route.
  public void mount(Router router) {
    Methods.post(router, "/api/v1/token", this::renew);
  }

  private void renew(RoutingContext context) {
    Optional<String> token = Authority.bearer(context.request());
    if (token.isEmpty() && demo && fromOurPage(context.request())) {
      answer(
          context,
          authority.tokens().issue(Role.VIEWER, "province", "demo", DashboardTokens.TTL_DEFAULT));
      return;
    }
    if (authority.granted(context).isPresent() && token.isPresent()) {
      answer(context, authority.tokens().renew(token.get()).orElseThrow());
    }
  }

  private void answer(RoutingContext context, String token) {
    if (authority.tokens().judge(token) instanceof Access.Granted granted) {
      long seconds = Duration.between(granted.issuedAt(), granted.expiresAt()).toSeconds();
      Answer.json(
          context,
          new JsonObject()
              .put("token", token)
              .put("expiresAt", granted.expiresAt().toString())
              .put("expiresIn", seconds)
              .encode());
    }
  }

  /// Whether a request comes over loopback, to a loopback name, from a page of this very server.
  private static boolean fromOurPage(HttpServerRequest request) {
    HostAndPort host = request.authority();
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    if (host == null || origin == null || !LOOPBACK_HOSTS.contains(host.host())) {
      return false;
    }
    String scheme = request.isSSL() ? "https://" : "http://";
    return origin.equals(scheme + request.getHeader(HttpHeaders.HOST)) && isLoopback(request);
  }

  /// Whether a request comes from this machine.
  static boolean isLoopback(HttpServerRequest request) {
    return isLoopback(request.remoteAddress());
  }

  static boolean isLoopback(@Nullable SocketAddress remote) {
    String address = remote == null ? null : remote.hostAddress();
    return address != null && InetAddress.ofLiteral(address).isLoopbackAddress();
  }
}
