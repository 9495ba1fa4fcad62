package vn.truc.intake;

import io.vertx.core.Future;
import java.util.Optional;
import vn.truc.access.SourceKey;

/// Finds the source key a sender presents. Wired by `App`; called on the door's context.
@FunctionalInterface
public interface Keyring {

  /// The key with this secret, or empty when there is none or it was revoked. The future completes
  /// on the calling context; it fails only when the keyring cannot tell.
  Future<Optional<SourceKey>> find(String secret);
}
