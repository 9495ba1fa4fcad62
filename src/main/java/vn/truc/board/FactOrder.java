package vn.truc.board;

import java.util.Arrays;

/// The order of a case's facts where their times are equal: by sequence (absent first, then
/// all-digit values numerically, then others by bytes), then by rank, then by source and id as
/// UTF-8 bytes.
final class FactOrder {
  private FactOrder() {}

  /// Compares two sequences; an empty array stands for an absent one.
  static int compareSequence(byte[] left, byte[] right) {
    int byClass = Integer.compare(sequenceClass(left), sequenceClass(right));
    if (byClass != 0) {
      return byClass;
    }
    return sequenceClass(left) == 1
        ? compareDigits(left, right)
        : Arrays.compareUnsigned(left, right);
  }

  private static int sequenceClass(byte[] sequence) {
    if (sequence.length == 0) {
      return 0;
    }
    for (byte b : sequence) {
      if (b < '0' || b > '9') {
        return 2;
      }
    }
    return 1;
  }

  /// By value: leading zeros do not count, what follows in the order decides between equal ones.
  private static int compareDigits(byte[] left, byte[] right) {
    int leftFrom = firstSignificant(left);
    int rightFrom = firstSignificant(right);
    int byLength = Integer.compare(left.length - leftFrom, right.length - rightFrom);
    if (byLength != 0) {
      return byLength;
    }
    return Arrays.compareUnsigned(left, leftFrom, left.length, right, rightFrom, right.length);
  }

  private static int firstSignificant(byte[] digits) {
    int at = 0;
    while (at < digits.length - 1 && digits[at] == '0') {
      at++;
    }
    return at;
  }
}
