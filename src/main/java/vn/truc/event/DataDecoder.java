package vn.truc.event;

import java.util.Base64;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import vn.truc.event.JsonReader.Token;

/// Makes an [Event] of the members of a data object, by the table of types (design, section 3).
/// Reusable; not for two threads.
///
/// The door refuses what replay takes, since the log holds what older doors took. Both make the
/// same event of what both take: a time that is none, and an image of visitors nobody can read,
/// count as not given, and the event says so.
final class DataDecoder {
  private static final int METRIC_NAME_CHARS_MAX = 64;
  private static final long HOUR_MICROS = 3_600_000_000L;

  /// More than this nobody counts in an hour; sums of numbers near 2^63 would turn negative.
  private static final long DOOR_COUNT_MAX = 1_000_000_000_000L;

  private static final long DAY_MICROS = 86_400_000_000L;
  private static final long YEAR_MICROS = 366 * DAY_MICROS;

  private final boolean door;
  private final DataMembers members;
  private final DataValues values;
  private final AttributeDecoder attributes;

  /// @param door whether facts come from outside, and not from the log
  DataDecoder(CodecLimits limits, boolean door, DataMembers members, TextCache texts) {
    this.door = door;
    this.members = members;
    values = new DataValues(limits, door ? DOOR_COUNT_MAX : Long.MAX_VALUE, members, texts);
    attributes = new AttributeDecoder(limits, door, members, values);
  }

  /// What was wrong when [#decode] answered null.
  Flaw flaw() {
    Flaw found = values.flaw();
    return found == null ? Flaw.invalid("data", "does not fit its type") : found;
  }

  /// The event, or null when the data does not fit the type: [#flaw()] then tells why.
  @Nullable Event decode(
      FactType type, @Nullable String subject, long timeMicros, long recordedAtMicros) {
    values.clear();
    attributes.begin(timeMicros, recordedAtMicros);
    long hash = type.contentHash(subject, timeMicros, recordedAtMicros, members.hash(type));
    Event event =
        switch (type) {
          case DOSSIER_STATUS -> status(type, CaseKind.DOSSIER, dossierStatus(), hash);
          case FEEDBACK_STATUS -> status(type, CaseKind.FEEDBACK, feedbackStatus(), hash);
          case DOSSIER_RATED -> rated(type, CaseKind.DOSSIER, hash);
          case FEEDBACK_RATED -> rated(type, CaseKind.FEEDBACK, hash);
          case CASE_VOIDED -> voided(type, hash);
          case PORTAL_TRAFFIC -> traffic(hash);
          case INDICATOR_REPORTED -> indicator(hash, recordedAtMicros);
          case SOURCE_HEARTBEAT -> new Event.Heartbeat(hash);
        };
    if (!values.sound()) {
      Attributes _ = attributes.build();
      return null;
    }
    return event;
  }

  private @Nullable Event status(FactType type, CaseKind kind, int status, long hash) {
    attributes.read(type);
    checkCitizens(type);
    return !values.sound()
        ? null
        : new Event.CaseFact(kind, Event.CaseFact.Form.STATUS, status, attributes.build(), hash);
  }

  private int dossierStatus() {
    int at = values.required(DataName.STATUS.id(), DataName.STATUS.label());
    if (at < 0) {
      return 0;
    }
    if (members.token(at) != Token.NUMBER || !values.reread(at).number().isWhole()) {
      values.fail(Flaw.invalid("data.status", "must be a whole number: the national code 1 to 10"));
      return 0;
    }
    long code = values.numberRead().whole();
    if (code >= 1 && code <= 10) {
      return (int) code;
    }
    attributes.set(Attribute.UNKNOWN_STATUS, Long.toString(code));
    return Event.CaseFact.UNKNOWN_STATUS;
  }

  private int feedbackStatus() {
    int at = values.required(DataName.STATUS.id(), DataName.STATUS.label());
    String label = at < 0 ? null : values.text(at, "data.status");
    if (label == null) {
      return 0;
    }
    if (label.isEmpty()) {
      values.fail(Flaw.empty("data.status"));
      return 0;
    }
    Optional<FeedbackStatus> known = FeedbackStatus.of(label);
    if (known.isPresent()) {
      return known.get().code();
    }
    attributes.set(Attribute.UNKNOWN_STATUS, label);
    return Event.CaseFact.UNKNOWN_STATUS;
  }

  private @Nullable Event rated(FactType type, CaseKind kind, long hash) {
    attributes.read(type);
    checkCitizens(type);
    if (!values.sound()) {
      return null;
    }
    Attributes built = attributes.build();
    if (built.setBits() == 0) {
      return fail(Flaw.missing("data.score"));
    }
    return new Event.CaseFact(
        kind, Event.CaseFact.Form.RATED, Event.CaseFact.NO_STATUS, built, hash);
  }

  private @Nullable Event voided(FactType type, long hash) {
    int at = values.required(DataName.KIND.id(), DataName.KIND.label());
    String label = at < 0 ? null : values.text(at, "data.kind");
    if (label == null
        || values.required(Attribute.VOIDED.ordinal(), Attribute.VOIDED.label()) < 0) {
      return null;
    }
    Optional<CaseKind> kind = CaseKind.of(label);
    if (kind.isEmpty()) {
      return fail(Flaw.invalid("data.kind", "must be dossier or feedback"));
    }
    attributes.read(type);
    return !values.sound()
        ? null
        : new Event.CaseFact(
            kind.get(),
            Event.CaseFact.Form.VOIDED,
            Event.CaseFact.NO_STATUS,
            attributes.build(),
            hash);
  }

  private @Nullable Event traffic(long hash) {
    String portal = values.requiredText(DataName.PORTAL);
    long from = values.requiredTime(DataName.FROM);
    long to = values.requiredTime(DataName.TO);
    if (values.sound()) {
      checkCell(from, to);
    }
    OptionalLong pageviews = values.count(DataName.PAGEVIEWS);
    OptionalLong visits = values.count(DataName.VISITS);
    OptionalLong errors = values.count(DataName.ERRORS);
    int at = values.present(DataName.VISITORS.id());
    boolean sketch = at >= 0 && members.token(at) == Token.STRING;
    Optional<String> visitors = sketch ? sketch(at) : Optional.empty();
    OptionalLong visitorCount = sketch ? OptionalLong.empty() : values.count(DataName.VISITORS);
    boolean unread = sketch && visitors.isEmpty();
    return !values.sound() || portal == null
        ? null
        : new Event.Traffic(
            portal, from, to, pageviews, visits, visitors, visitorCount, errors, unread, hash);
  }

  /// Every hour has one cell: cells of other lengths would lie over each other and count twice.
  private void checkCell(long from, long to) {
    if (from >= to) {
      values.fail(Flaw.invalid("data.to", "must be later than data.from"));
    } else if (door && Math.floorMod(from, HOUR_MICROS) != 0) {
      values.fail(Flaw.invalid("data.from", "must be on the hour"));
    } else if (door && to - from != HOUR_MICROS) {
      values.fail(Flaw.invalid("data.to", "must be an hour behind data.from"));
    } else if (door) {
      attributes.checkInstant("data.from", from);
    }
  }

  private Optional<String> sketch(int at) {
    String base64 = values.reread(at).text();
    byte[] image;
    try {
      image = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException _) {
      refuse(Flaw.invalid("data.visitors", "not base64"));
      return Optional.empty();
    }
    Optional<String> fault = VisitorSketch.fault(image);
    fault.ifPresent(
        why ->
            refuse(
                Flaw.invalid(
                    "data.visitors",
                    "no HLL sketch of lgK "
                        + VisitorSketch.LG_K
                        + " as DataSketches writes it: "
                        + why)));
    return fault.isPresent() ? Optional.empty() : Optional.of(base64);
  }

  private @Nullable Event indicator(long hash, long nowMicros) {
    String indicator = values.requiredText(DataName.INDICATOR);
    if (values.sound() && indicator != null && !isMetricName(indicator)) {
      values.fail(
          Flaw.invalid(
              "data.indicator",
              "must be letters, digits, '.', '_' or '-', at most " + METRIC_NAME_CHARS_MAX));
    }
    String period = values.requiredText(DataName.PERIOD);
    int value = values.required(DataName.VALUE.id(), DataName.VALUE.label());
    double number = value < 0 ? 0 : values.number(value, "data.value");
    if (values.sound() && period != null) {
      Optional<ReportedPeriod> days = ReportedPeriod.of(period);
      if (days.isEmpty()) {
        values.fail(
            Flaw.invalid(
                "data.period", "must be like 2026, 2026-Q3, 2026-11, 2026-W47 or 2026-11-23"));
      } else if (!days.get().exists()) {
        refuse(Flaw.invalid("data.period", "that year has no such week"));
      } else if (days.get().firstDay() * DAY_MICROS > nowMicros + YEAR_MICROS) {
        // the newest period is the one that is shown, for ever where it is a slip of the pen
        refuse(
            Flaw.of(
                Rejection.Reason.TIME_IN_FUTURE,
                "data.period",
                "begins more than a year ahead of this server's clock"));
      }
    }
    Optional<String> unit = values.optionalText(DataName.UNIT.id(), "data.unit");
    Optional<String> agency = values.optionalText(Attribute.AGENCY.ordinal(), "data.agency");
    OptionalDouble target = values.optionalNumber(DataName.TARGET);
    OptionalDouble low = values.optionalNumber(DataName.TARGET_LOW);
    OptionalDouble high = values.optionalNumber(DataName.TARGET_HIGH);
    Optional<String> qualifier = values.optionalText(DataName.QUALIFIER.id(), "data.qualifier");
    OptionalDouble ratio = values.optionalNumber(DataName.REPORTED_RATIO);
    Optional<String> author = values.optionalText(Attribute.AUTHOR.ordinal(), "data.author");
    if (door) {
      Optional<String> _ = values.optionalText(DataName.NOTE.id(), "data.note");
    }
    return !values.sound() || indicator == null || period == null
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
  private void checkCitizens(FactType type) {
    if (!type.citizens()) {
      return;
    }
    checkToken(DataName.TITLE, Token.STRING, "must be a text");
    checkToken(DataName.TEXT, Token.STRING, "must be a text");
    checkToken(DataName.CONTACT, Token.OBJECT, "must be an object");
  }

  private void checkToken(DataName name, Token wanted, String message) {
    int at = values.present(name.id());
    if (at >= 0 && members.token(at) != wanted) {
      values.fail(Flaw.invalid("data." + name.label(), message));
    }
  }

  /// What the door refuses and replay takes.
  private void refuse(Flaw found) {
    if (door) {
      values.fail(found);
    }
  }

  private @Nullable Event fail(Flaw found) {
    values.fail(found);
    return null;
  }
}
