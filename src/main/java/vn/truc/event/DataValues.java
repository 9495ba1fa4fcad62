package vn.truc.event;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import vn.truc.event.JsonReader.Token;

/// Reads the members of one data object as texts, numbers and times, and keeps the first flaw it
/// meets. Reusable; not for two threads.
final class DataValues {
  private final CodecLimits limits;
  private final long countMax;
  private final DataMembers members;
  private final JsonReader again;
  private final TextCache texts;
  private @Nullable Flaw flaw;

  /// @param countMax the largest whole number that counts something
  DataValues(CodecLimits limits, long countMax, DataMembers members, TextCache texts) {
    this.limits = limits;
    this.countMax = countMax;
    this.members = members;
    this.texts = texts;
    this.again = new JsonReader(limits.depthMax(), limits.membersMax());
  }

  /// Forgets the flaw of the object before.
  void clear() {
    flaw = null;
  }

  @Nullable Flaw flaw() {
    return flaw;
  }

  boolean sound() {
    return flaw == null;
  }

  /// Keeps a flaw where there is none yet.
  void fail(Flaw found) {
    if (flaw == null) {
      flaw = found;
    }
  }

  @Nullable String textList(int at, String field) {
    if (members.token(at) != Token.ARRAY) {
      fail(Flaw.invalid(field, "must be an array of texts"));
      return null;
    }
    reread(at);
    StringBuilder joined = new StringBuilder();
    boolean first = true;
    while (again.element()) {
      if (again.value() != Token.STRING || again.text().indexOf(',') >= 0) {
        fail(Flaw.invalid(field, "must be an array of texts without commas"));
        return null;
      }
      joined.append(first ? "" : ",").append(again.text());
      first = false;
      if (joined.length() > limits.textCharsMax()) {
        fail(Flaw.tooLong(field, limits.textCharsMax()));
        return null;
      }
    }
    return joined.toString();
  }

  @Nullable Long time(int at, String field, boolean deadline) {
    if (members.token(at) == Token.STRING) {
      reread(at);
      long micros =
          Rfc3339.parseOrDate(again.textBytes(), again.textFrom(), again.textTo(), deadline);
      if (micros != Rfc3339.INVALID) {
        return micros;
      }
    }
    fail(Flaw.invalid(field, "must be an RFC 3339 time with an offset, or a date yyyy-MM-dd"));
    return null;
  }

  double number(int at, String field) {
    if (members.token(at) == Token.NUMBER) {
      double value = reread(at).number().value();
      if (Double.isFinite(value)) {
        return value;
      }
    }
    fail(Flaw.invalid(field, "must be a number"));
    return 0;
  }

  @Nullable String text(int at, String field) {
    if (members.token(at) != Token.STRING) {
      fail(Flaw.invalid(field, "must be a text"));
      return null;
    }
    String text;
    if (members.escaped(at)) {
      text = reread(at).text();
    } else {
      text = texts.text(members.bytes(), members.valueFrom(at) + 1, members.valueTo(at) - 1);
    }
    if (text.length() > limits.textCharsMax()) {
      fail(Flaw.tooLong(field, limits.textCharsMax()));
      return null;
    }
    return text;
  }

  /// The place of a member that is there and not null, or -1.
  int present(int nameId) {
    int at = members.find(nameId);
    return at >= 0 && members.token(at) == Token.NULL ? -1 : at;
  }

  int required(int nameId, String label) {
    int at = present(nameId);
    if (at < 0) {
      fail(Flaw.missing("data." + label));
    }
    return at;
  }

  @Nullable String requiredText(DataName name) {
    int at = required(name.id(), name.label());
    String text = at < 0 ? null : text(at, "data." + name.label());
    if (text != null && text.isEmpty()) {
      fail(Flaw.empty("data." + name.label()));
    }
    return text;
  }

  long requiredTime(DataName name) {
    int at = required(name.id(), name.label());
    Long micros = at < 0 ? null : time(at, "data." + name.label(), false);
    return micros == null ? 0 : micros;
  }

  Optional<String> optionalText(int nameId, String field) {
    int at = present(nameId);
    return at < 0 ? Optional.empty() : Optional.ofNullable(text(at, field));
  }

  OptionalDouble optionalNumber(DataName name) {
    int at = present(name.id());
    return at < 0 ? OptionalDouble.empty() : OptionalDouble.of(number(at, "data." + name.label()));
  }

  OptionalLong count(DataName name) {
    int at = present(name.id());
    if (at < 0) {
      return OptionalLong.empty();
    }
    if (members.token(at) == Token.NUMBER
        && reread(at).number().isWhole()
        && again.number().whole() >= 0
        && again.number().whole() <= countMax) {
      return OptionalLong.of(again.number().whole());
    }
    fail(Flaw.invalid("data." + name.label(), "must be a whole number, 0 to " + countMax));
    return OptionalLong.empty();
  }

  /// The number read last.
  JsonNumber numberRead() {
    return again.number();
  }

  /// Reads a member's value again.
  JsonReader reread(int at) {
    again.reset(members.bytes(), members.valueFrom(at), members.valueTo(at));
    again.value();
    return again;
  }
}
