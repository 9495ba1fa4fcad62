package vn.truc.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
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
  private final Clients clients;
  private final boolean demo;

  /// @param demo whether a token is given to loopback browsers without one
  public TokenRoutes(Authority authority, Clients clients, boolean demo) {
    this.authority = authority;
    this.clients = clients;
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
          authority
              .tokens()
              .issue(Role.VIEWER, "province", "demo", DashboardTokens.TTL_DEFAULT, "demo")
              .token());
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
  private boolean fromOurPage(HttpServerRequest request) {
    Client client = clients.of(request);
    HostAndPort asked =
        client.host().map(host -> HostAndPort.parseAuthority(host, -1)).orElse(null);
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    return client.local()
        && asked != null
        && LOOPBACK_HOSTS.contains(asked.host())
        && Optional.ofNullable(origin).equals(client.ownOrigin());
  }
}
