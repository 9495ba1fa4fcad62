package vn.truc.http;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import vn.truc.access.Access;

/// Who but a source itself may read how it arrives: dashboard tokens of the whole province.
public final class SourceReaders implements SourceHandler.Readers {
  private final Authority authority;

  public SourceReaders(Authority authority) {
    this.authority = authority;
  }

  @Override
  public Future<Decision> mayRead(HttpServerRequest request, String source) {
    Optional<String> token = Authority.bearer(request);
    if (token.isEmpty()) {
      return Future.succeededFuture(Decision.UNKNOWN);
    }
    return Future.succeededFuture(
        switch (authority.tokens().judge(token.get())) {
          case Access.Granted granted ->
              authority.rules().mayRead(granted, "source:" + source)
                  ? Decision.ALLOWED
                  : Decision.FORBIDDEN;
          case Access.Expired _, Access.Revoked _, Access.Invalid _ -> Decision.UNKNOWN;
        });
  }
}
