package vn.truc;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.truc.access.DashboardTokens;
import vn.truc.access.TokenRegister;
import vn.truc.log.EventLog;
import vn.truc.loop.Steps;

/// The secret tokens are signed with: one for each generation, kept by the log. Belongs to the
/// context of the register.
final class TokenSecret {
  private static final Logger LOG = LoggerFactory.getLogger(TokenSecret.class);
  private static final long AGAIN_MILLIS = 500;

  private final EventLog log;
  private final TokenRegister register;
  private final DashboardTokens tokens;
  private final Supplier<Future<Void>> pause;

  TokenSecret(Vertx vertx, EventLog log, TokenRegister register, DashboardTokens tokens) {
    this(log, register, tokens, () -> vertx.timer(AGAIN_MILLIS, TimeUnit.MILLISECONDS).mapEmpty());
  }

  /// @param pause after a log that did not give it
  TokenSecret(
      EventLog log, TokenRegister register, DashboardTokens tokens, Supplier<Future<Void>> pause) {
    this.log = log;
    this.register = register;
    this.tokens = tokens;
    this.pause = pause;
  }

  /// Fetches the secret of the generation in force where another is in use; tries until it is
  /// here. Until then no token is good.
  Future<Void> newest() {
    return Steps.whileTrue(
        () -> tokens.current() ? Future.succeededFuture(false) : fetch().map(true));
  }

  private Future<Void> fetch() {
    long generation = register.generation();
    return log.secret(register.secretName())
        .<Void>map(
            secret -> {
              tokens.use(generation, secret);
              return null;
            })
        .recover(
            e -> {
              LOG.warn("token_secret_awaited generation={} cause={}", generation, e.toString());
              return pause.get();
            });
  }
}
