package vn.truc.event;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The statuses of feedback, in rank order.
public enum FeedbackStatus {
  RECEIVED("received"),
  ACCEPTED("accepted"),
  ASSIGNED("assigned"),
  IN_PROGRESS("in-progress"),
  ON_HOLD("on-hold"),
  EXTENDED("extended"),
  TRANSFERRED("transferred"),
  SUPPLEMENT_REQUESTED("supplement-requested"),
  SUPPLEMENTED("supplemented"),
  ANSWERED("answered"),
  PUBLISHED("published"),
  CLOSED("closed"),
  REFUSED("refused"),
  WITHDRAWN("withdrawn"),
  DUPLICATE("duplicate"),
  REOPENED("reopened");

  private static final FeedbackStatus[] ALL = values();
  private static final Map<String, FeedbackStatus> BY_LABEL =
      Stream.of(ALL).collect(Collectors.toMap(FeedbackStatus::label, Function.identity()));

  private final String label;

  FeedbackStatus(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }

  /// The number a [Event.CaseFact] carries for this status: 1 to 16.
  public int code() {
    return ordinal() + 1;
  }

  /// The status of this code, 1 to 16.
  public static FeedbackStatus ofCode(int code) {
    return ALL[code - 1];
  }

  /// The status with this name; empty when it is outside the vocabulary.
  public static Optional<FeedbackStatus> of(String label) {
    return Optional.ofNullable(BY_LABEL.get(label));
  }
}
