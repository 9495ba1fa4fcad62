package vn.truc.event;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The images of visitors that portals send: HLL sketches of Apache DataSketches with 2^12 buckets,
/// in the forms its libraries write, compact or updatable (serial version 1).
///
/// ```
/// 0 preamble ints   1 serial version   2 family   3 lgK   4 lg of the table   5 flags
/// 6 count of the list, least register of HLL_4      7 mode:2 target:2
/// list   8 coupons…                                   coupon := value:6 address:26
/// set    8 count:4  coupons…
/// HLL    8 estimate:8  16 sum:8  24 rest of the sum:8  32 registers at the least:4
///        36 exceptions:4  40 registers 2,048 (HLL_4) 3,073 (HLL_6) 4,096 (HLL_8)  exceptions…
/// ```
///
/// Numbers are little-endian. Whoever sends an image chooses each of its bytes, so it is judged
/// before anything is made of it: lengths must be those that mode and counts ask for, tables within
/// their bounds, and what can be counted again (registers at the least, sums, exceptions) must come
/// out the same. Nothing here takes more memory than the image.
public final class VisitorSketch {
  /// Base 2 logarithm of the number of buckets.
  public static final int LG_K = 12;

  private static final int BUCKETS = 1 << LG_K;
  private static final int SERIAL_VERSION = 1;
  private static final int FAMILY = 7;
  private static final int EMPTY = 0x04;
  private static final int COMPACT = 0x08;
  private static final int OUT_OF_ORDER = 0x10;

  private static final int LIST = 0;
  private static final int SET = 1;
  private static final int HLL = 2;
  private static final int HLL_4 = 0;
  private static final int HLL_6 = 1;
  private static final int HLL_8 = 2;

  private static final int LIST_HEAD = 8;
  private static final int SET_HEAD = 12;
  private static final int HLL_HEAD = 40;
  private static final int LG_LIST = 3;
  private static final int LG_SET_MIN = 5;
  private static final int LG_SET_MAX = LG_K - 3;
  private static final int LG_EXCEPTIONS_MIN = 5;
  private static final int EXCEPTION = 15;
  private static final int ADDRESS_MASK = (1 << 26) - 1;
  private static final int VALUE_MAX = 63;
  private static final double VISITORS_MAX = 1e13;

  /// Sums are kept by adding and taking away, so they are off by what 4,096 was rounded by.
  private static final double SUM_TOLERANCE = 1e-7;

  /// A sum this small stands for more than 10^13 visitors.
  private static final double SUM_MIN = 1e-6;

  private VisitorSketch() {}

  /// Why an image is none that can be taken; empty when it is sound.
  public static Optional<String> fault(byte[] image) {
    return Optional.ofNullable(judge(image));
  }

  private static @Nullable String judge(byte[] image) {
    if (image.length < LIST_HEAD) {
      return "shorter than the head of a sketch";
    }
    int mode = image[7] & 3;
    if (image[1] != SERIAL_VERSION || image[2] != FAMILY || mode > HLL) {
      return "not an HLL sketch of serial version 1";
    }
    if ((image[7] & 0xFF) >> 2 > HLL_8) {
      return "it is for no known form of registers";
    }
    if (image[3] != LG_K) {
      return "its lgK must be " + LG_K;
    }
    if ((image[5] & ~(EMPTY | COMPACT | OUT_OF_ORDER)) != 0) {
      return "it has flags no finished sketch has";
    }
    boolean compact = (image[5] & COMPACT) != 0;
    boolean empty = (image[5] & EMPTY) != 0;
    int preamble = mode == LIST ? 2 : mode == SET ? 3 : 10;
    if (image[0] != preamble) {
      return "its preamble does not fit its mode";
    }
    return switch (mode) {
      case LIST -> list(image, compact, empty);
      case SET -> empty ? "a set that is empty" : set(image, compact);
      default -> empty ? "registers of an empty sketch" : registers(image, compact);
    };
  }

  private static @Nullable String list(byte[] image, boolean compact, boolean empty) {
    int count = image[6] & 0xFF;
    int places = 1 << LG_LIST;
    if (image[4] != LG_LIST || count >= places || empty != (count == 0)) {
      return "its list has no such size";
    }
    int length = LIST_HEAD + Integer.BYTES * (compact ? count : places);
    return image.length == length ? coupons(image, LIST_HEAD, count) : lengthFault(length);
  }

  private static @Nullable String set(byte[] image, boolean compact) {
    int lgTable = image[4];
    if (image.length < SET_HEAD || lgTable < LG_SET_MIN || lgTable > LG_SET_MAX) {
      return "its set has no such size";
    }
    int places = 1 << lgTable;
    int count = intAt(image, 8);
    if (count < 1 || count > places / 4 * 3) {
      return "its set has no such count";
    }
    int length = SET_HEAD + Integer.BYTES * (compact ? count : places);
    if (image.length != length) {
      return lengthFault(length);
    }
    String fault = coupons(image, SET_HEAD, count);
    return fault == null && !compact ? table(image, SET_HEAD, lgTable, ADDRESS_MASK) : fault;
  }

  /// A table holds each entry where it is looked for: from the place its key names, in steps that
  /// the rest of the key gives, before the first free place.
  private static @Nullable String table(byte[] image, int from, int lgTable, int keyMask) {
    int mask = (1 << lgTable) - 1;
    for (int place = 0; place <= mask; place++) {
      int entry = intAt(image, from + Integer.BYTES * place);
      int key = entry & keyMask;
      int at = key & mask;
      for (int steps = 0; entry != 0 && at != place; steps++) {
        if (steps > mask || intAt(image, from + Integer.BYTES * at) == 0) {
          return "an entry of its table that nobody would find";
        }
        at = (at + (key >>> lgTable | 1)) & mask;
      }
    }
    return null;
  }

  /// Coupons are distinct and each has a value; the free places of a table hold none.
  private static @Nullable String coupons(byte[] image, int from, int count) {
    int[] coupons = new int[(image.length - from) / Integer.BYTES];
    int size = 0;
    for (int at = from; at < image.length; at += Integer.BYTES) {
      int coupon = intAt(image, at);
      if (coupon != 0) {
        if (coupon >>> 26 == 0) {
          return "a coupon without a value";
        }
        coupons[size++] = coupon;
      }
    }
    if (size != count) {
      return "it holds " + size + " coupons and says " + count;
    }
    Arrays.sort(coupons, 0, size);
    for (int i = 1; i < size; i++) {
      if (coupons[i] == coupons[i - 1]) {
        return "a coupon that stands twice";
      }
    }
    return null;
  }

  private static @Nullable String registers(byte[] image, boolean compact) {
    int target = image[7] >> 2;
    if (image.length < HLL_HEAD) {
      return lengthFault(HLL_HEAD);
    }
    int bytes =
        switch (target) {
          case HLL_4 -> BUCKETS / 2;
          case HLL_6 -> BUCKETS * 3 / 4 + 1;
          default -> BUCKETS;
        };
    int exceptions = intAt(image, 36);
    int lgTable = image[4];
    int least = image[6] & 0xFF;
    if (exceptions < 0 || exceptions > BUCKETS || (target != HLL_4 && exceptions != 0)) {
      return "it has no such exceptions";
    }
    int places = exceptions;
    if (target != HLL_4) {
      places = 0;
    } else if (!compact) {
      boolean none = lgTable == 0 && exceptions == 0;
      if (!none && (lgTable < LG_EXCEPTIONS_MIN || lgTable > LG_K)) {
        return "its table of exceptions has no such size";
      }
      places = 1 << Math.max(LG_EXCEPTIONS_MIN, lgTable);
    }
    int length = HLL_HEAD + bytes + Integer.BYTES * places;
    if (image.length != length) {
      return lengthFault(length);
    }
    byte[] values = values(image, target, least);
    if (target == HLL_4) {
      String fault = exceptions(image, HLL_HEAD + bytes, exceptions, least, values);
      if (fault == null && !compact) {
        int lg = Math.max(LG_EXCEPTIONS_MIN, lgTable);
        fault = table(image, HLL_HEAD + bytes, lg, BUCKETS - 1);
      }
      if (fault != null) {
        return fault;
      }
    }
    return sums(image, values, least);
  }

  /// The registers; those of HLL_4 with an exception are as low as they can be as yet.
  private static byte[] values(byte[] image, int target, int least) {
    byte[] values = new byte[BUCKETS];
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      values[bucket] =
          switch (target) {
            case HLL_4 -> {
              int pair = image[HLL_HEAD + bucket / 2] & 0xFF;
              yield (byte) Math.min(127, ((bucket & 1) == 0 ? pair & 15 : pair >> 4) + least);
            }
            case HLL_6 -> {
              int bit = bucket * 6;
              int at = HLL_HEAD + bit / 8;
              int two = (image[at] & 0xFF) | (image[at + 1] & 0xFF) << 8;
              yield (byte) (two >> (bit & 7) & VALUE_MAX);
            }
            default -> image[HLL_HEAD + bucket];
          };
    }
    return values;
  }

  /// Each register that says it is an exception has one, and no other has.
  private static @Nullable String exceptions(
      byte[] image, int from, int count, int least, byte[] values) {
    int marked = 0;
    for (byte value : values) {
      marked += value == EXCEPTION + least ? 1 : 0;
    }
    int found = 0;
    for (int at = from; at < image.length; at += Integer.BYTES) {
      int pair = intAt(image, at);
      if (pair != 0) {
        int bucket = pair & (BUCKETS - 1);
        int value = pair >>> 26;
        // one that was found already is no longer marked
        if (value < EXCEPTION + least || values[bucket] != EXCEPTION + least) {
          return "an exception that no register asks for";
        }
        values[bucket] = (byte) -value;
        found++;
      }
    }
    if (found != count || marked != count) {
      return "its exceptions do not fit its registers";
    }
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      values[bucket] = (byte) Math.abs(values[bucket]);
    }
    return null;
  }

  /// What the sketch says of its registers is what they come to.
  private static @Nullable String sums(byte[] image, byte[] values, int least) {
    double sum = 0;
    double rest = 0;
    int atLeast = 0;
    for (byte value : values) {
      if (value < least || value > VALUE_MAX) {
        return "a register that can hold no such value";
      }
      atLeast += value == least ? 1 : 0;
      double part = 1.0 / (1L << value);
      if (value < 32) {
        sum += part;
      } else {
        rest += part;
      }
    }
    double estimate = doubleAt(image, 8);
    if (sum + rest < SUM_MIN || !(estimate >= 0 && estimate < VISITORS_MAX)) {
      return "more visitors than there can be";
    }
    boolean fits =
        intAt(image, 32) == atLeast
            && (least == 0 || atLeast > 0)
            && Math.abs(doubleAt(image, 16) - sum) < SUM_TOLERANCE
            && Math.abs(doubleAt(image, 24) - rest) < SUM_TOLERANCE * rest + Double.MIN_VALUE;
    return fits ? null : "its sums are not those of its registers";
  }

  private static String lengthFault(int bytes) {
    return "it must have " + bytes + " bytes for what it says it holds";
  }

  private static int intAt(byte[] image, int at) {
    return (image[at] & 0xFF)
        | (image[at + 1] & 0xFF) << 8
        | (image[at + 2] & 0xFF) << 16
        | (image[at + 3] & 0xFF) << 24;
  }

  private static double doubleAt(byte[] image, int at) {
    long low = intAt(image, at) & 0xFFFFFFFFL;
    return Double.longBitsToDouble(low | (long) intAt(image, at + 4) << 32);
  }
}
