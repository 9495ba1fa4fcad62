package vn.truc.push;

import io.vertx.core.buffer.Buffer;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The payload of a publication, made when the first reader or snapshot asks and then kept: one
/// nobody reads costs no more than its place in the rings. The same item may be published on many
/// channels. Touched by the hub's context alone.
public final class StreamItem {
  private @Nullable Supplier<Buffer> maker;
  private @Nullable Buffer json;

  private StreamItem(@Nullable Supplier<Buffer> maker, @Nullable Buffer json) {
    this.maker = maker;
    this.json = json;
  }

  /// An item whose JSON object, without line breaks, is made on demand. The supplier runs at most
  /// once and is then forgotten; what it captures must not change.
  public static StreamItem of(Supplier<Buffer> maker) {
    return new StreamItem(Objects.requireNonNull(maker, "maker"), null);
  }

  /// An item of ready JSON: one object, without line breaks.
  public static StreamItem of(Buffer json) {
    return new StreamItem(null, Objects.requireNonNull(json, "json"));
  }

  /// The JSON, the same object each time. Not to be changed.
  public Buffer json() {
    Buffer made = json;
    if (made == null) {
      made = Objects.requireNonNull(Objects.requireNonNull(maker).get());
      json = made;
      maker = null;
    }
    return made;
  }
}
