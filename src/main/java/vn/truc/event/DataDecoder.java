package vn.truc.event;

import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import vn.truc.event.JsonReader.Token;

/// Makes an [Event] of the members of a data object, by the table of types (design, section 3).
/// Reusable; not for two threads.
final class DataDecoder {
  /// The place of each attribute in an event, by ordinal.
  private static final List<String> FIELDS =
      Stream.of(Attribute.values()).map(attribute -> "data." + attribute.label()).toList();

  private final CodecLimits limits;
  private final DataMembers members;
  private final JsonReader again;
  private final TextCache texts;
  private final Attributes.Builder changes = new Attributes.Builder();
  private static final int METRIC_NAME_CHARS_MAX = 64;

  private @Nullable Flaw flaw;

  DataDecoder(CodecLimits limits, DataMembers members, TextCache texts) {
    this.limits = limits;
    this.members = members;
    this.texts = texts;
    this.again = new JsonReader(limits.depthMax(), limits.membersMax());
  }

  /// What was wrong when [#decode] answered null.
  Flaw flaw() {
    Flaw found = flaw;
    return found == null ? Flaw.invalid("data", "does not fit its type") : found;
  }

  /// The event, or null when the data does not fit the type: [#flaw()] then tells why.
  @Nullable Event decode(
      FactType type, @Nullable String subject, long timeMicros, long recordedAtMicros) {
    flaw = null;
    long hash =
        type.contentHash(subject, timeMicros, recordedAtMicros, members.hash(type.personal()));
    Event event =
        switch (type) {
          case DOSSIER_STATUS -> status(type, CaseKind.DOSSIER, dossierStatus(), hash);
          case FEEDBACK_STATUS -> status(type, CaseKind.FEEDBACK, feedbackStatus(), hash);
          case DOSSIER_RATED -> rated(type, CaseKind.DOSSIER, hash);
          case FEEDBACK_RATED -> rated(type, CaseKind.FEEDBACK, hash);
          case CASE_VOIDED -> voided(type, hash);
          case PORTAL_TRAFFIC -> traffic(hash);
          case INDICATOR_REPORTED -> indicator(hash);
          case SOURCE_HEARTBEAT -> new Event.Heartbeat(hash);
        };
    if (flaw != null) {
      changes.build();
      return null;
    }
    return event;
  }

  private @Nullable Event status(FactType type, CaseKind kind, int status, long hash) {
    attributes(type);
    if (type.personal()) {
      checkPersonal();
    }
    return flaw != null
        ? null
        : new Event.CaseFact(kind, Event.CaseFact.Form.STATUS, status, changes.build(), hash);
  }

  private int dossierStatus() {
    int at = required(DataName.STATUS.id(), DataName.STATUS.label());
    if (at < 0) {
      return 0;
    }
    if (members.token(at) != Token.NUMBER || !reread(at).number().isWhole()) {
      fail(Flaw.invalid("data.status", "must be a whole number: the national code 1 to 10"));
      return 0;
    }
    long code = again.number().whole();
    if (code >= 1 && code <= 10) {
      return (int) code;
    }
    changes.set(Attribute.UNKNOWN_STATUS, Long.toString(code));
    return Event.CaseFact.UNKNOWN_STATUS;
  }

  private int feedbackStatus() {
    int at = required(DataName.STATUS.id(), DataName.STATUS.label());
    String label = at < 0 ? null : text(at, "data.status");
    if (label == null) {
      return 0;
    }
    if (label.isEmpty()) {
      fail(Flaw.empty("data.status"));
      return 0;
    }
    Optional<FeedbackStatus> known = FeedbackStatus.of(label);
    if (known.isPresent()) {
      return known.get().code();
    }
    changes.set(Attribute.UNKNOWN_STATUS, label);
    return Event.CaseFact.UNKNOWN_STATUS;
  }

  private @Nullable Event rated(FactType type, CaseKind kind, long hash) {
    attributes(type);
    if (type.personal()) {
      checkPersonal();
    }
    if (flaw != null) {
      return null;
    }
    Attributes built = changes.build();
    if (built.setBits() == 0) {
      return fail(Flaw.missing("data.score"));
    }
    return new Event.CaseFact(
        kind, Event.CaseFact.Form.RATED, Event.CaseFact.NO_STATUS, built, hash);
  }

  private @Nullable Event voided(FactType type, long hash) {
    int at = required(DataName.KIND.id(), DataName.KIND.label());
    String label = at < 0 ? null : text(at, "data.kind");
    if (label == null || required(Attribute.VOIDED.ordinal(), Attribute.VOIDED.label()) < 0) {
      return null;
    }
    Optional<CaseKind> kind = CaseKind.of(label);
    if (kind.isEmpty()) {
      return fail(Flaw.invalid("data.kind", "must be dossier or feedback"));
    }
    attributes(type);
    return flaw != null
        ? null
        : new Event.CaseFact(
            kind.get(),
            Event.CaseFact.Form.VOIDED,
            Event.CaseFact.NO_STATUS,
            changes.build(),
            hash);
  }

  private @Nullable Event traffic(long hash) {
    String portal = requiredText(DataName.PORTAL);
    long from = requiredTime(DataName.FROM);
    long to = requiredTime(DataName.TO);
    if (flaw == null && from >= to) {
      fail(Flaw.invalid("data.to", "must be later than data.from"));
    }
    OptionalLong pageviews = count(DataName.PAGEVIEWS);
    OptionalLong visits = count(DataName.VISITS);
    OptionalLong errors = count(DataName.ERRORS);
    int at = present(DataName.VISITORS.id());
    boolean sketch = at >= 0 && members.token(at) == Token.STRING;
    Optional<String> visitors = sketch ? sketch(at) : Optional.empty();
    OptionalLong visitorCount = sketch ? OptionalLong.empty() : count(DataName.VISITORS);
    return flaw != null || portal == null
        ? null
        : new Event.Traffic(
            portal, from, to, pageviews, visits, visitors, visitorCount, errors, hash);
  }

  private Optional<String> sketch(int at) {
    reread(at);
    String base64 = again.text();
    byte[] image;
    try {
      image = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException _) {
      fail(Flaw.invalid("data.visitors", "not base64"));
      return Optional.empty();
    }
    if (!VisitorSketch.isSound(image)) {
      fail(Flaw.invalid("data.visitors", "not an HLL sketch of lgK " + VisitorSketch.LG_K));
    }
    return Optional.of(base64);
  }

  private @Nullable Event indicator(long hash) {
    String indicator = requiredText(DataName.INDICATOR);
    if (flaw == null && indicator != null && !isMetricName(indicator)) {
      fail(
          Flaw.invalid(
              "data.indicator",
              "must be letters, digits, '.', '_' or '-', at most " + METRIC_NAME_CHARS_MAX));
    }
    String period = requiredText(DataName.PERIOD);
    int value = required(DataName.VALUE.id(), DataName.VALUE.label());
    double number = value < 0 ? 0 : number(value, "data.value");
    if (flaw == null && period != null && !Rfc3339.isPeriod(period)) {
      fail(
          Flaw.invalid(
              "data.period", "must be like 2026, 2026-Q3, 2026-11, 2026-W47 or 2026-11-23"));
    }
    Optional<String> unit = optionalText(DataName.UNIT.id(), "data.unit");
    Optional<String> agency = optionalText(Attribute.AGENCY.ordinal(), "data.agency");
    OptionalDouble target = optionalNumber(DataName.TARGET);
    OptionalDouble low = optionalNumber(DataName.TARGET_LOW);
    OptionalDouble high = optionalNumber(DataName.TARGET_HIGH);
    Optional<String> qualifier = optionalText(DataName.QUALIFIER.id(), "data.qualifier");
    OptionalDouble ratio = optionalNumber(DataName.REPORTED_RATIO);
    Optional<String> author = optionalText(Attribute.AUTHOR.ordinal(), "data.author");
    return flaw != null || indicator == null || period == null
        ? null
        : new Event.Indicator(
            indicator, number, period, unit, agency, target, low, high, qualifier, ratio, author,
            hash);
  }

  /// It becomes part of metric ids.
  private static boolean isMetricName(String text) {
    return text.length() <= METRIC_NAME_CHARS_MAX
        && text.codePoints()
            .allMatch(c -> Character.isLetterOrDigit(c) || c == '.' || c == '_' || c == '-');
  }

  /// Title and text are texts, contact is an object; each may be null.
  private void checkPersonal() {
    checkToken(DataName.TITLE, Token.STRING, "must be a text");
    checkToken(DataName.TEXT, Token.STRING, "must be a text");
    checkToken(DataName.CONTACT, Token.OBJECT, "must be an object");
  }

  private void checkToken(DataName name, Token wanted, String message) {
    int at = present(name.id());
    if (at >= 0 && members.token(at) != wanted) {
      fail(Flaw.invalid("data." + name.label(), message));
    }
  }

  private void attributes(FactType type) {
    for (int at = 0; at < members.count() && flaw == null; at++) {
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
  }

  private @Nullable Object value(int at, Attribute attribute) {
    return switch (attribute.form()) {
      case TEXT ->
          attribute == Attribute.SAME_AS || attribute == Attribute.DUPLICATE_OF
              ? CaseCode.normalOrAbsent(text(at, label(attribute)))
              : text(at, label(attribute));
      case TEXT_LIST -> textList(at, label(attribute));
      case INSTANT -> time(at, label(attribute), false);
      case DEADLINE -> time(at, label(attribute), true);
      case NUMBER -> boundedNumber(at, attribute);
      case FLAG -> flag(at, attribute);
    };
  }

  private static String label(Attribute attribute) {
    return FIELDS.get(attribute.ordinal());
  }

  private @Nullable Boolean flag(int at, Attribute attribute) {
    Token token = members.token(at);
    if (token == Token.TRUE || token == Token.FALSE) {
      return token == Token.TRUE;
    }
    fail(Flaw.invalid(label(attribute), "must be true or false"));
    return null;
  }

  private @Nullable Double boundedNumber(int at, Attribute attribute) {
    double value = number(at, label(attribute));
    if (flaw != null) {
      return null;
    }
    boolean fits =
        switch (attribute) {
          case SCORE -> value >= 1 && value <= 5;
          case LIKE, DISLIKE -> value >= 0 && again.number().isWhole();
          case LAT -> Math.abs(value) <= 90;
          case LON -> Math.abs(value) <= 180;
          default -> true;
        };
    if (!fits) {
      fail(Flaw.invalid(label(attribute), "out of range"));
    }
    return value;
  }

  private @Nullable String textList(int at, String field) {
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

  private @Nullable Long time(int at, String field, boolean deadline) {
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

  private double number(int at, String field) {
    if (members.token(at) == Token.NUMBER) {
      double value = reread(at).number().value();
      if (Double.isFinite(value)) {
        return value;
      }
    }
    fail(Flaw.invalid(field, "must be a number"));
    return 0;
  }

  private @Nullable String text(int at, String field) {
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
  private int present(int nameId) {
    int at = members.find(nameId);
    return at >= 0 && members.token(at) == Token.NULL ? -1 : at;
  }

  private int required(int nameId, String label) {
    int at = present(nameId);
    if (at < 0) {
      fail(Flaw.missing("data." + label));
    }
    return at;
  }

  private @Nullable String requiredText(DataName name) {
    int at = required(name.id(), name.label());
    String text = at < 0 ? null : text(at, "data." + name.label());
    if (text != null && text.isEmpty()) {
      fail(Flaw.empty("data." + name.label()));
    }
    return text;
  }

  private long requiredTime(DataName name) {
    int at = required(name.id(), name.label());
    Long micros = at < 0 ? null : time(at, "data." + name.label(), false);
    return micros == null ? 0 : micros;
  }

  private Optional<String> optionalText(int nameId, String field) {
    int at = present(nameId);
    return at < 0 ? Optional.empty() : Optional.ofNullable(text(at, field));
  }

  private OptionalDouble optionalNumber(DataName name) {
    int at = present(name.id());
    return at < 0 ? OptionalDouble.empty() : OptionalDouble.of(number(at, "data." + name.label()));
  }

  private OptionalLong count(DataName name) {
    int at = present(name.id());
    if (at < 0) {
      return OptionalLong.empty();
    }
    if (members.token(at) == Token.NUMBER
        && reread(at).number().isWhole()
        && again.number().whole() >= 0) {
      return OptionalLong.of(again.number().whole());
    }
    fail(Flaw.invalid("data." + name.label(), "must be a whole number, 0 or more"));
    return OptionalLong.empty();
  }

  private JsonReader reread(int at) {
    again.reset(members.bytes(), members.valueFrom(at), members.valueTo(at));
    again.value();
    return again;
  }

  private @Nullable Event fail(Flaw found) {
    if (flaw == null) {
      flaw = found;
    }
    return null;
  }
}
