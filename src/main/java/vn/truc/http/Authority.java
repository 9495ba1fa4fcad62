package vn.truc.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.function.Supplier;
import vn.truc.access.Access;
import vn.truc.access.AccessRules;
import vn.truc.access.DashboardTokens;

/// Judges who asks: the dashboard token of a request, and whether it reaches a scope.
public final class Authority {
  private static final String BEARER = "bearer ";

  private final DashboardTokens tokens;
  private final Supplier<AccessRules> rules;

  public Authority(DashboardTokens tokens, Supplier<AccessRules> rules) {
    this.tokens = tokens;
    this.rules = rules;
  }

  DashboardTokens tokens() {
    return tokens;
  }

  /// The rules of the configuration in force.
  AccessRules rules() {
    return rules.get();
  }

  /// The credential after `Bearer`, where there is one.
  static Optional<String> bearer(HttpServerRequest request) {
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (header == null || header.length() <= BEARER.length()) {
      return Optional.empty();
    }
    return header.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? Optional.of(header.substring(BEARER.length()).trim())
        : Optional.empty();
  }

  /// The rights of a request; empty after it was answered 401.
  Optional<Access.Granted> granted(RoutingContext context) {
    Optional<String> token = bearer(context.request());
    if (token.isEmpty()) {
      Refusals.unauthorized(context, "a dashboard token is wanted: Authorization: Bearer …");
      return Optional.empty();
    }
    return switch (tokens.judge(token.get())) {
      case Access.Granted granted -> Optional.of(granted);
      case Access.Expired _ -> {
        Refusals.unauthorized(context, "the token has expired");
        yield Optional.empty();
      }
      case Access.Revoked _ -> {
        Refusals.unauthorized(context, "the token was revoked");
        yield Optional.empty();
      }
      case Access.Invalid _ -> {
        Refusals.unauthorized(
            context,
            SourceKeys.isLikeOne(token.get())
                ? "that is a source key: figures are read with a dashboard token (./truc token)"
                : "the token is not one of this store");
        yield Optional.empty();
      }
    };
  }

  /// The rights of a request that wants a scope: 401 without a token, 404 when there is no such
  /// scope, 403 when the token does not reach it; empty after any of these was answered.
  Optional<Access.Granted> granted(RoutingContext context, String scope) {
    Optional<Access.Granted> granted = granted(context);
    if (granted.isEmpty()) {
      return granted;
    }
    if (!rules.get().exists(scope)) {
      Refusals.notFound(context, "scope", "there is no scope '" + scope + "'");
      return Optional.empty();
    }
    if (!rules.get().mayRead(granted.get(), scope)) {
      Refusals.forbidden(context, "the token does not reach scope '" + scope + "'");
      return Optional.empty();
    }
    return granted;
  }
}
