package vn.truc.event;

import static vn.truc.event.Attribute.*;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The types of fact from outside, with the registers each may set.
enum FactType {
  DOSSIER_STATUS(
      EventTypes.DOSSIER_STATUS,
      true,
      names(DataName.STATUS),
      AGENCY,
      PROCEDURE,
      PROCEDURE_VERSION,
      FIELD,
      AREA,
      CHANNEL,
      APPLICANT,
      RECEIVED_AT,
      DUE_AT,
      FINISHED_AT,
      DUE_BEFORE,
      DUE_AFTER,
      PAID_ONLINE,
      DIGITISED,
      REUSED,
      ELECTRONIC_RESULT,
      VNEID,
      MAX_DURATION,
      SAME_AS,
      APOLOGY_AT,
      NEW_DUE_AT,
      RETURN_BY),
  DOSSIER_RATED(EventTypes.DOSSIER_RATED, true, names(), SCORE, LIKE, DISLIKE),
  FEEDBACK_STATUS(
      EventTypes.FEEDBACK_STATUS,
      true,
      names(DataName.STATUS),
      FEEDBACK_CLASS,
      AGENCY,
      CO_AGENCIES,
      AREA,
      FIELD,
      CHANNEL,
      APPLICANT,
      URGENCY,
      RECEIVED_AT,
      DUE_AT,
      ANSWERED_AT,
      PUBLISHED_AT,
      DUPLICATE_OF,
      OUTCOME,
      LAT,
      LON),
  FEEDBACK_RATED(EventTypes.FEEDBACK_RATED, true, names(), SCORE, LIKE, DISLIKE),
  CASE_VOIDED(EventTypes.CASE_VOIDED, true, names(DataName.KIND), VOIDED, REASON, AUTHOR),
  PORTAL_TRAFFIC(
      EventTypes.PORTAL_TRAFFIC,
      false,
      names(
          DataName.PORTAL,
          DataName.FROM,
          DataName.TO,
          DataName.PAGEVIEWS,
          DataName.VISITS,
          DataName.VISITORS,
          DataName.ERRORS)),
  INDICATOR_REPORTED(
      EventTypes.INDICATOR_REPORTED,
      false,
      names(
          DataName.INDICATOR,
          DataName.VALUE,
          DataName.PERIOD,
          DataName.UNIT,
          DataName.TARGET,
          DataName.TARGET_LOW,
          DataName.TARGET_HIGH,
          DataName.QUALIFIER,
          DataName.REPORTED_RATIO,
          DataName.NOTE),
      AGENCY,
      AUTHOR),
  SOURCE_HEARTBEAT(EventTypes.SOURCE_HEARTBEAT, false, names());

  private static final Map<String, FactType> BY_LABEL =
      Stream.of(values()).collect(Collectors.toMap(FactType::label, Function.identity()));

  private final String label;
  private final boolean ofCase;
  private final long hash;

  /// Bit n: it sets the register of ordinal n.
  private final long attributes;

  /// Bit n: the member of name id n is part of its contract.
  private final long members;

  FactType(String label, boolean ofCase, long names, Attribute... attributes) {
    this.label = label;
    this.ofCase = ofCase;
    this.hash = ContentHash.text(label);
    long bits = 0;
    for (Attribute attribute : attributes) {
      bits |= 1L << attribute.ordinal();
    }
    this.attributes = bits;
    this.members = names | bits;
  }

  private static long names(DataName... names) {
    long bits = 0;
    for (DataName name : names) {
      bits |= 1L << name.id();
    }
    return bits;
  }

  static Optional<FactType> of(String label) {
    return Optional.ofNullable(BY_LABEL.get(label));
  }

  String label() {
    return label;
  }

  /// Whether subject and time are required, because the fact is about one case.
  boolean ofCase() {
    return ofCase;
  }

  /// Whether title, text and contact have a form here, as they have where a citizen speaks.
  boolean citizens() {
    return this == FEEDBACK_STATUS || this == FEEDBACK_RATED;
  }

  /// Whether a member is part of the type's contract. What is not is personal until it is known: it
  /// is in no record.
  ///
  /// @param nameId the id of its name ([DataName]), or -1
  boolean knows(int nameId) {
    return nameId >= 0 && (members & 1L << nameId) != 0;
  }

  /// The register a member sets, or null when it sets none.
  @Nullable Attribute attribute(int nameId) {
    return (attributes & 1L << nameId) != 0 ? Attribute.at(nameId) : null;
  }

  /// The content hash: type, subject, instant and data. Outside cases an event without `time` takes
  /// the instant of its recording, which is none of its content.
  long contentHash(@Nullable String subject, long timeMicros, long recordedAtMicros, long data) {
    long instant = ofCase || timeMicros != recordedAtMicros ? timeMicros : 0;
    long about = subject == null ? 0 : ContentHash.text(subject);
    return ContentHash.pair(ContentHash.pair(hash, about), ContentHash.pair(instant, data));
  }
}
