package vn.truc.event;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What one fact says about a case's registers: some are set, some are cleared, of the others it
/// says nothing. Immutable.
public final class Attributes {
  private static final Attributes EMPTY = new Attributes(0, 0, new Object[0]);

  /// Bit n: the attribute of ordinal n is set. Its value is at the rank of that bit.
  private final long setBits;

  private final long clearedBits;
  private final Object[] values;

  private Attributes(long setBits, long clearedBits, Object[] values) {
    this.setBits = setBits;
    this.clearedBits = clearedBits;
    this.values = values;
  }

  public static Attributes empty() {
    return EMPTY;
  }

  public boolean isEmpty() {
    return (setBits | clearedBits) == 0;
  }

  /// Bit n is on when the attribute of ordinal n is set here.
  public long setBits() {
    return setBits;
  }

  /// Bit n is on when the attribute of ordinal n is cleared here (JSON `null`).
  public long clearedBits() {
    return clearedBits;
  }

  public boolean sets(Attribute attribute) {
    return (setBits & bit(attribute)) != 0;
  }

  public boolean clears(Attribute attribute) {
    return (clearedBits & bit(attribute)) != 0;
  }

  /// The value set here: `String`, `Long`, `Double` or `Boolean` by [Attribute#form()]; empty when
  /// this fact does not set it.
  public Optional<Object> value(Attribute attribute) {
    return sets(attribute) ? Optional.of(valueOf(attribute)) : Optional.empty();
  }

  /// The value of an attribute that is set here. Throws when it is not: ask [#sets] first.
  public Object valueOf(Attribute attribute) {
    if (!sets(attribute)) {
      throw new IllegalArgumentException(attribute.label() + " is not set");
    }
    return values[Long.bitCount(setBits & (bit(attribute) - 1))];
  }

  /// The set attributes, in ordinal order.
  public List<Attribute> present() {
    List<Attribute> present = new ArrayList<>(values.length);
    for (long bits = setBits; bits != 0; bits &= bits - 1) {
      present.add(Attribute.at(Long.numberOfTrailingZeros(bits)));
    }
    return present;
  }

  private static long bit(Attribute attribute) {
    return 1L << attribute.ordinal();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Attributes that
        && setBits == that.setBits
        && clearedBits == that.clearedBits
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values) * 31 + Long.hashCode(setBits ^ (clearedBits << 1));
  }

  @Override
  public String toString() {
    Map<Attribute, Object> shown = new EnumMap<>(Attribute.class);
    present().forEach(attribute -> shown.put(attribute, valueOf(attribute)));
    return shown + (clearedBits == 0 ? "" : " cleared=" + Long.toBinaryString(clearedBits));
  }

  /// Collects the attributes of one fact; a later call for the same attribute replaces the earlier.
  /// Reusable after [#build()].
  public static final class Builder {
    private final @Nullable Object[] slots = new Object[Attribute.values().length];
    private long setBits;
    private long clearedBits;

    public Builder set(Attribute attribute, Object value) {
      slots[attribute.ordinal()] = value;
      setBits |= bit(attribute);
      clearedBits &= ~bit(attribute);
      return this;
    }

    public Builder clear(Attribute attribute) {
      setBits &= ~bit(attribute);
      clearedBits |= bit(attribute);
      return this;
    }

    public Attributes build() {
      if ((setBits | clearedBits) == 0) {
        return EMPTY;
      }
      Object[] values = new Object[Long.bitCount(setBits)];
      int at = 0;
      for (long bits = setBits; bits != 0; bits &= bits - 1) {
        int ordinal = Long.numberOfTrailingZeros(bits);
        Object value = slots[ordinal];
        if (value != null) {
          values[at++] = value;
        }
        slots[ordinal] = null;
      }
      Attributes built = new Attributes(setBits, clearedBits, values);
      setBits = 0;
      clearedBits = 0;
      return built;
    }
  }
}
