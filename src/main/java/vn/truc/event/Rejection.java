package vn.truc.event;

import java.util.Objects;
import java.util.Optional;

/// One refused event, as it is answered and listed.
///
/// @param index its place in the request, from 0
/// @param id the event's id where it could be read
/// @param reason the name of the refusal
/// @param field the member at fault (`time`, `data.status` …), or empty where none is
/// @param message one English sentence for the integrator
public record Rejection(
    long index, Optional<String> id, Reason reason, String field, String message) {
  public Rejection {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(field, "field");
    Objects.requireNonNull(message, "message");
  }

  /// Every name a single event can be refused under. The label is the contract.
  public enum Reason {
    /// A line of NDJSON or an item of a batch is not a JSON object.
    MALFORMED_JSON("malformed-json"),
    /// A member stands twice in one object.
    DUPLICATE_KEY("duplicate-key"),
    /// Not UTF-8, or an overlong form of it.
    INVALID_UTF8("invalid-utf8"),
    /// `specversion` is not `1.0`.
    UNSUPPORTED_SPECVERSION("unsupported-specversion"),
    /// A required attribute or a required member of the data is absent.
    MISSING_FIELD("missing-field"),
    /// A required text is empty.
    EMPTY_FIELD("empty-field"),
    /// A member has the wrong form.
    INVALID_FIELD("invalid-field"),
    /// A text is longer than its limit.
    TOO_LONG("too-long"),
    /// The event is larger than `limits.fact`.
    FACT_TOO_LARGE("fact-too-large"),
    /// No such type of fact.
    UNKNOWN_TYPE("unknown-type"),
    /// `vn.truc.*` comes from this house only.
    RESERVED_TYPE("reserved-type"),
    /// `datacontenttype` is not JSON.
    UNSUPPORTED_DATACONTENTTYPE("unsupported-datacontenttype"),
    /// `time` is not RFC 3339.
    INVALID_TIME("invalid-time"),
    /// `time` is more than five minutes ahead of the domain clock.
    TIME_IN_FUTURE("time-in-future"),
    /// `time` is before the year 2000.
    TIME_TOO_OLD("time-too-old"),
    /// `source` is not covered by the key.
    SOURCE_NOT_BOUND("source-not-bound"),
    /// The same identity came with another content before.
    IDENTITY_CONFLICT("identity-conflict"),
    /// The case already has as many facts, or as many bytes of them, as it may have.
    CASE_TOO_LONG("case-too-long"),
    /// A fault of this server while it read the event; nothing of it was stored.
    UNREADABLE("unreadable"),
    /// The fact is stored, and a fault of this server kept it out of the numbers; it is tried again
    /// at each start. Sending it again does not help.
    FOLD_FAILED("fold-failed");

    private final String label;

    Reason(String label) {
      this.label = label;
    }

    /// The name in answers, metrics and documents.
    public String label() {
      return label;
    }
  }
}
