package vn.truc.fold;

import java.util.Iterator;
import java.util.Optional;

/// A copy of a state, in chunks of about a mebibyte at most.
public interface StateCopy {
  /// The next chunk of the section that is [Section.Kind#SLICED]; empty at its end, and where there
  /// is none.
  default Optional<byte[]> slice() {
    return Optional.empty();
  }

  /// Another section as of now: all of it is taken in this call, by reference where it is much, and
  /// the bytes of a chunk are made when it is asked for.
  Iterator<byte[]> chunks(String section);
}
