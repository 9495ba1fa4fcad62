package vn.truc.event;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// What a record says, decoded: a closed family.
public sealed interface Event {

  /// 64-bit hash of type, subject, instant and canonical data: equal for a repeat, different for
  /// another content under the same identity. Only the members of the type's contract count,
  /// without regard to their order.
  long contentHash();

  /// A fact about one case; its code is the record's subject.
  ///
  /// @param status the status this fact brings: dossiers 1..10, feedback [FeedbackStatus#ordinal()]
  /// + 1; [#NO_STATUS] for a
  ///     rating or a voiding; [#UNKNOWN_STATUS] for a status outside the vocabulary (its text is
  /// then the attribute
  ///     `unknownStatus`)
  record CaseFact(CaseKind kind, Form form, int status, Attributes changes, long contentHash)
      implements Event {

    public static final int NO_STATUS = 0;
    public static final int UNKNOWN_STATUS = 255;

    /// Which type of fact it came as.
    public enum Form {
      STATUS,
      RATED,
      VOIDED
    }

    /// Place among facts of equal time and sequence: by status, facts without a known one last.
    public int rank() {
      return status == NO_STATUS ? UNKNOWN_STATUS : status;
    }
  }

  /// Visits of one portal in one cell of time, `[from, to)` in microseconds since 1970.
  ///
  /// @param visitors the image of a DataSketches HLL sketch in base64 ([VisitorSketch] found it
  /// sound), or absent
  /// @param visitorCount a plain count of visitors, or absent
  /// @param visitorsUnread whether an image came that nobody can read: an older door took it
  record Traffic(
      String portal,
      long fromMicros,
      long toMicros,
      OptionalLong pageviews,
      OptionalLong visits,
      Optional<String> visitors,
      OptionalLong visitorCount,
      OptionalLong errors,
      boolean visitorsUnread,
      long contentHash)
      implements Event {}

  /// A figure somebody reports for a period (`2026`, `2026-Q3`, `2026-11`, `2026-W47` or
  /// `2026-11-23`).
  record Indicator(
      String indicator,
      double value,
      String period,
      Optional<String> unit,
      Optional<String> agency,
      OptionalDouble target,
      OptionalDouble targetLow,
      OptionalDouble targetHigh,
      Optional<String> qualifier,
      OptionalDouble reportedRatio,
      Optional<String> author,
      long contentHash)
      implements Event {}

  /// A feed says that it lives; changes no counter.
  record Heartbeat(long contentHash) implements Event {}

  /// A record of this house (`vn.truc.*`); its reader decodes [LogRecord#data()] itself.
  record Internal(long contentHash) implements Event {}
}
