package vn.truc.fold;

import java.util.Collections;
import java.util.List;
import vn.truc.event.LogRecord;
import vn.truc.event.UnreadableRecordException;

/// The state one feature makes of the log, and how it lies in snapshots: a pure fold over the
/// records of some types. The same records in the order of the log give the same state, in a replay
/// and live, here and on other nodes.
public interface Projection {
  /// Whether records of a type are part of it. Always the same answer for the same type.
  default boolean takes(String type) {
    return false;
  }

  /// Folds the next record of a type it takes.
  ///
  /// @param live whether this node serves: then what follows from a record is done at once. In a
  /// replay it is not, nor while what other nodes wrote is read before the door opens
  /// @throws UnreadableRecordException when a record of this house does not fit; the fold ends
  default void apply(LogRecord record, boolean live) {}

  /// What its state consists of in a snapshot, in the order in which it is restored; nothing where
  /// it has none.
  default List<Section> sections() {
    return List.of();
  }

  /// Begins to copy the state.
  default StateCopy copy() {
    return _ -> Collections.emptyIterator();
  }

  /// Takes one chunk of a section into a state that is empty, in the order of [#sections] and of
  /// the chunks. Throws whatever tells that the content does not fit: nothing of the snapshot is
  /// used then.
  default void restore(String section, byte[] chunk) {
    throw new IllegalArgumentException("no such section: " + section);
  }

  /// All was restored: the state holds the log up to a position.
  ///
  /// @throws IllegalStateException when something is missing
  default void restored(long position) {}
}
