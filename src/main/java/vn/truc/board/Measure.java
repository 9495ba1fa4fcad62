package vn.truc.board;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What is counted per scope. Counted measures fall on the day of an instant; levels are the state
/// of now, with their changes kept by day. The name is the catalogue id without its period.
enum Measure {
  FEEDBACK_RECEIVED("feedback.received", false),
  FEEDBACK_ACCEPTED("feedback.accepted", false),
  FEEDBACK_ANSWERED("feedback.answered", false),
  FEEDBACK_ANSWERED_ONTIME("feedback.answered.ontime", false),
  FEEDBACK_ANSWERED_LATE("feedback.answered.late", false),
  FEEDBACK_ANSWERED_NODUE("feedback.answered.nodue", false),
  FEEDBACK_REFUSED("feedback.refused", false),
  FEEDBACK_REOPENED("feedback.reopened", false),
  FEEDBACK_CHANNEL_HOTLINE("feedback.channel.hotline", false),
  FEEDBACK_CHANNEL_PORTAL("feedback.channel.portal", false),
  FEEDBACK_CHANNEL_APP("feedback.channel.app", false),
  FEEDBACK_CHANNEL_ZALO("feedback.channel.zalo", false),
  FEEDBACK_CHANNEL_MAIL("feedback.channel.mail", false),
  FEEDBACK_CHANNEL_DESK("feedback.channel.desk", false),
  FEEDBACK_CHANNEL_SOCIAL("feedback.channel.social", false),
  FEEDBACK_CHANNEL_IOC("feedback.channel.ioc", false),
  /// Cases rated, the denominator of satisfaction.
  FEEDBACK_RATED("feedback.rated", false),
  /// Of these the satisfied ones.
  FEEDBACK_SATISFIED("feedback.satisfied", false),
  DOSSIER_RECEIVED("dossier.received", false),
  DOSSIER_RECEIVED_ONLINE("dossier.received.online", false),
  DOSSIER_RECEIVED_DESK("dossier.received.desk", false),
  DOSSIER_RECEIVED_POST("dossier.received.post", false),
  DOSSIER_FINISHED_EARLY("dossier.finished.early", false),
  DOSSIER_FINISHED_ONTIME("dossier.finished.ontime", false),
  DOSSIER_FINISHED_LATE("dossier.finished.late", false),
  DOSSIER_FINISHED_NODUE("dossier.finished.nodue", false),
  DOSSIER_REJECTED("dossier.rejected", false),
  DOSSIER_WITHDRAWN("dossier.withdrawn", false),
  DOSSIER_STOPPED("dossier.stopped", false),
  DOSSIER_RATED("dossier.rated", false),
  DOSSIER_SATISFIED("dossier.satisfied", false),
  FEEDBACK_OPEN("feedback.open", true),
  FEEDBACK_UNACCEPTED("feedback.unaccepted", true),
  FEEDBACK_NEARDUE("feedback.neardue", true),
  FEEDBACK_OVERDUE("feedback.overdue", true),
  FEEDBACK_NODUE("feedback.nodue", true),
  DOSSIER_WAITING("dossier.waiting", true),
  DOSSIER_OPEN("dossier.open", true),
  DOSSIER_PAUSED("dossier.paused", true),
  DOSSIER_NEARDUE("dossier.neardue", true),
  DOSSIER_OVERDUE("dossier.overdue", true),
  DOSSIER_NODUE("dossier.nodue", true);

  private static final String FEEDBACK_CHANNEL = "feedback.channel.";
  private static final Measure[] ALL = values();
  private static final Set<Measure> ONLY_IN_RATIOS =
      EnumSet.of(FEEDBACK_RATED, FEEDBACK_SATISFIED, DOSSIER_RATED, DOSSIER_SATISFIED);

  private final String id;
  private final boolean level;

  Measure(String id, boolean level) {
    this.id = id;
    this.level = level;
  }

  String id() {
    return id;
  }

  boolean level() {
    return level;
  }

  /// What it belongs to, by the first word of its id.
  Topic topic() {
    return Topic.of(id.substring(0, id.indexOf('.'))).orElseThrow();
  }

  /// Whether it is in the catalogue; what only feeds a ratio is not.
  boolean served() {
    return !ONLY_IN_RATIOS.contains(this);
  }

  static int count() {
    return ALL.length;
  }

  /// How many are counted: they come first, the levels behind them.
  static int counted() {
    return FEEDBACK_OPEN.ordinal();
  }

  static Measure at(int ordinal) {
    return ALL[ordinal];
  }

  static Optional<Measure> of(String id) {
    return Arrays.stream(ALL).filter(measure -> measure.id.equals(id)).findFirst();
  }

  /// The words of channels that have counters of their own.
  static List<String> channels() {
    List<String> channels = new ArrayList<>(List.of("online", "desk", "post"));
    channels.addAll(feedbackChannels());
    return channels;
  }

  /// Those of feedback.
  static List<String> feedbackChannels() {
    List<String> channels = new ArrayList<>();
    for (Measure measure : ALL) {
      if (measure.id.startsWith(FEEDBACK_CHANNEL)) {
        channels.add(measure.id.substring(FEEDBACK_CHANNEL.length()));
      }
    }
    return channels;
  }

  /// The counter of feedback received by a channel; empty for a channel outside the vocabulary.
  static Optional<Measure> feedbackChannel(String channel) {
    return of(FEEDBACK_CHANNEL + channel).filter(measure -> !channel.isEmpty());
  }
}
