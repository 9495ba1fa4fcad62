package vn.truc.event;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import vn.truc.event.JsonReader.Token;

/// Reads what one fact says about the registers of its case. Reusable; not for two threads.
final class AttributeDecoder {
  /// The place of each attribute in an event, by ordinal.
  private static final List<String> FIELDS =
      Stream.of(Attribute.values()).map(attribute -> "data." + attribute.label()).toList();

  private final CodecLimits limits;
  private final boolean door;
  private final DataMembers members;
  private final DataValues values;
  private final Attributes.Builder changes = new Attributes.Builder();
  private long factMicros;
  private long nowMicros;
  private @Nullable StringBuilder notTaken;

  AttributeDecoder(CodecLimits limits, boolean door, DataMembers members, DataValues values) {
    this.limits = limits;
    this.door = door;
    this.members = members;
    this.values = values;
  }

  /// Turns to the next fact.
  void begin(long timeMicros, long recordedAtMicros) {
    notTaken = null;
    factMicros = timeMicros;
    nowMicros = recordedAtMicros;
  }

  /// Adds one that is no member.
  void set(Attribute attribute, Object value) {
    changes.set(attribute, value);
  }

  /// What was read since the last call; forgets it.
  Attributes build() {
    return changes.build();
  }

  /// Reads the members that set registers.
  void read(FactType type) {
    for (int at = 0; at < members.count() && values.sound(); at++) {
      int nameId = members.nameId(at);
      Attribute attribute = nameId < 0 ? null : type.attribute(nameId);
      if (attribute == null) {
        continue;
      }
      if (members.token(at) == Token.NULL) {
        changes.clear(attribute);
        continue;
      }
      Object value = value(at, attribute);
      if (value != null) {
        changes.set(attribute, value);
      }
    }
    if (notTaken != null) {
      changes.set(Attribute.NOT_TAKEN, notTaken.toString());
    }
  }

  private @Nullable Object value(int at, Attribute attribute) {
    return switch (attribute.form()) {
      case TEXT ->
          attribute == Attribute.SAME_AS || attribute == Attribute.DUPLICATE_OF
              ? CaseCode.normalOrAbsent(values.text(at, label(attribute)))
              : values.text(at, label(attribute));
      case TEXT_LIST -> values.textList(at, label(attribute));
      case INSTANT -> instant(at, attribute);
      case DEADLINE -> deadline(at, attribute);
      case NUMBER -> boundedNumber(at, attribute);
      case FLAG -> flag(at, attribute);
    };
  }

  /// An attribute that says when something happened; bounded as the fact's own time is.
  private @Nullable Long instant(int at, Attribute attribute) {
    Long micros = values.time(at, label(attribute), false);
    if (micros == null) {
      return null;
    }
    checkInstant(label(attribute), micros);
    boolean taken = micros >= Rfc3339.YEAR_2000 && micros <= nowMicros + FactTimes.AHEAD_MICROS;
    return taken ? micros : leftOut(attribute);
  }

  /// A moment something is due at: one that lies too far ahead is what databases write for none.
  private @Nullable Long deadline(int at, Attribute attribute) {
    Long micros = values.time(at, label(attribute), true);
    if (micros == null) {
      return null;
    }
    if (micros < Rfc3339.YEAR_2000) {
      refuse(tooOld(label(attribute)));
      return leftOut(attribute);
    }
    return micros <= factMicros + FactTimes.DUE_MICROS ? micros : leftOut(attribute);
  }

  /// Refuses an instant that lies too far ahead or back, at the door.
  void checkInstant(String field, long micros) {
    if (micros < Rfc3339.YEAR_2000) {
      refuse(tooOld(field));
    } else if (micros - nowMicros > limits.futureToleranceSeconds() * FactTimes.SECOND_MICROS) {
      refuse(
          Flaw.of(
              Rejection.Reason.TIME_IN_FUTURE,
              field,
              "more than " + limits.futureToleranceSeconds() + " s ahead of this server's clock"));
    }
  }

  private static Flaw tooOld(String field) {
    return Flaw.of(Rejection.Reason.TIME_TOO_OLD, field, "before 2000-01-01T00:00:00Z");
  }

  private @Nullable Long leftOut(Attribute attribute) {
    StringBuilder names = notTaken;
    if (names == null) {
      names = new StringBuilder();
      notTaken = names;
    }
    names.append(names.isEmpty() ? "" : ",").append(attribute.label());
    return null;
  }

  private static String label(Attribute attribute) {
    return FIELDS.get(attribute.ordinal());
  }

  private @Nullable Boolean flag(int at, Attribute attribute) {
    Token token = members.token(at);
    if (token == Token.TRUE || token == Token.FALSE) {
      return token == Token.TRUE;
    }
    values.fail(Flaw.invalid(label(attribute), "must be true or false"));
    return null;
  }

  private @Nullable Double boundedNumber(int at, Attribute attribute) {
    double value = values.number(at, label(attribute));
    if (!values.sound()) {
      return null;
    }
    String refused =
        switch (attribute) {
          case SCORE -> value >= 1 && value <= 5 ? "" : "must be from 1 to 5";
          case LIKE, DISLIKE ->
              value >= 0 && values.numberRead().isWhole() ? "" : "must be a whole number from 0";
          case LAT -> Math.abs(value) <= 90 ? "" : "must be from -90 to 90";
          case LON -> Math.abs(value) <= 180 ? "" : "must be from -180 to 180";
          default -> "";
        };
    if (!refused.isEmpty()) {
      values.fail(Flaw.invalid(label(attribute), refused));
    }
    return value;
  }

  private void refuse(Flaw found) {
    if (door) {
      values.fail(found);
    }
  }
}
