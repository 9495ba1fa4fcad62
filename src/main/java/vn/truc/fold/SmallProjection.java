package vn.truc.fold;

import java.util.List;

/// A projection whose state fits in one chunk.
public interface SmallProjection extends Projection {
  /// Its only section.
  Section section();

  /// Its content.
  byte[] exported();

  /// Takes the place of what is there.
  ///
  /// @throws RuntimeException when the content does not fit; then nothing changed
  void restore(byte[] content);

  @Override
  default List<Section> sections() {
    return List.of(section());
  }

  @Override
  default StateCopy copy() {
    return _ -> List.of(exported()).iterator();
  }

  @Override
  default void restore(String section, byte[] chunk) {
    restore(chunk);
  }
}
