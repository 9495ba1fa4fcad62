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
  DOSSIER_RATED(EventTypes.DOSSIER_RATED, true, SCORE, LIKE, DISLIKE),
  FEEDBACK_STATUS(
      EventTypes.FEEDBACK_STATUS,
      true,
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
  FEEDBACK_RATED(EventTypes.FEEDBACK_RATED, true, SCORE, LIKE, DISLIKE),
  CASE_VOIDED(EventTypes.CASE_VOIDED, true, VOIDED, REASON, AUTHOR),
  PORTAL_TRAFFIC(EventTypes.PORTAL_TRAFFIC, false),
  INDICATOR_REPORTED(EventTypes.INDICATOR_REPORTED, false),
  SOURCE_HEARTBEAT(EventTypes.SOURCE_HEARTBEAT, false);

  private static final Map<String, FactType> BY_LABEL =
      Stream.of(values()).collect(Collectors.toMap(FactType::label, Function.identity()));

  private final String label;
  private final boolean ofCase;
  private final long hash;

  /// Bit n: it sets the register of ordinal n.
  private final long attributes;

  FactType(String label, boolean ofCase, Attribute... attributes) {
    this.label = label;
    this.ofCase = ofCase;
    this.hash = ContentHash.text(label);
    long bits = 0;
    for (Attribute attribute : attributes) {
      bits |= 1L << attribute.ordinal();
    }
    this.attributes = bits;
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

  /// Whether title, text and contact are personal members here.
  boolean personal() {
    return this == FEEDBACK_STATUS || this == FEEDBACK_RATED;
  }

  /// The register a member sets, or null when it sets none.
  @Nullable Attribute attribute(int nameId) {
    return nameId < Long.SIZE && (attributes & 1L << nameId) != 0 ? Attribute.at(nameId) : null;
  }

  /// The content hash: type, subject, instant and data. Outside cases an event without `time` takes
  /// the instant of its recording, which is none of its content.
  long contentHash(@Nullable String subject, long timeMicros, long recordedAtMicros, long data) {
    long instant = ofCase || timeMicros != recordedAtMicros ? timeMicros : 0;
    long about = subject == null ? 0 : ContentHash.text(subject);
    return ContentHash.pair(ContentHash.pair(hash, about), ContentHash.pair(instant, data));
  }
}
