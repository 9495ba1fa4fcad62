package vn.truc.fold;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Who is told of something, in the order in which they came. One that fails hinders neither what
/// it was told of nor the others.
///
/// @param <T> what they are told
public final class Listeners<T> {
  private final List<Consumer<T>> all = new ArrayList<>();
  private final BiConsumer<T, RuntimeException> failed;

  /// @param failed is told of each failure
  public Listeners(BiConsumer<T, RuntimeException> failed) {
    this.failed = failed;
  }

  public void add(Consumer<T> listener) {
    all.add(listener);
  }

  /// Tells all of them.
  public void tell(T what) {
    for (Consumer<T> listener : all) {
      try {
        listener.accept(what);
      } catch (RuntimeException e) {
        failed.accept(what, e);
      }
    }
  }
}
