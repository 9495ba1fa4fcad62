package vn.truc.event;

import java.util.Objects;

/// What the door knows about the events it decodes.
///
/// @param nowMicros the domain clock, in microseconds since 1970: becomes `recordedAt`
/// @param keyId the public name of the sender's key, recorded with each fact
public record DecodeContext(long nowMicros, String keyId) {
  public DecodeContext {
    Objects.requireNonNull(keyId, "keyId");
  }
}
