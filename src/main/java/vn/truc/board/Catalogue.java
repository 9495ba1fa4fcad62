package vn.truc.board;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The only list of metric ids: what each is called, what it means, and how its value is made.
final class Catalogue {
  /// One metric.
  ///
  /// @param numerator and denominator are definitions for ratios, empty for others
  /// @param emptyPolicy what is shown where there is nothing to divide by or to rank, else empty
  record Entry(
      String id,
      Topic topic,
      Value value,
      String nameVi,
      String nameEn,
      String definitionVi,
      String definitionEn,
      String numerator,
      String denominator,
      Unit unit,
      String emptyPolicy) {}

  /// What is counted, in both languages; empty for a share.
  record Unit(String vi, String en) {
    static final Unit NONE = new Unit("", "");
    static final Unit DOSSIERS = new Unit("hồ sơ", "dossiers");
    static final Unit FEEDBACK = new Unit("phản ánh", "feedback cases");
    static final Unit MINUTES = new Unit("phút", "minutes");
  }

  /// How a value is made: a closed family.
  sealed interface Value {
    /// Sum of a counted measure over a period.
    record Count(Measure measure, Period period) implements Value {}

    /// A level of now.
    record Level(Measure measure) implements Value {}

    /// Counts against counts, over a period.
    record Ratio(List<Measure> numerator, List<Measure> denominator, Period period)
        implements Value {}

    /// Open and not past due against open, now.
    record OnTimeOpen() implements Value {}

    /// A percentile of the answer times of a period.
    record AnswerTime(int percent, Period period) implements Value {}

    /// A total of the portals over a period.
    record Portal(PortalMeasure measure, Period period) implements Value {}

    /// A reported indicator.
    ///
    /// @param plan the one configured for the province, 0 where there is none
    record Reported(String indicator, IndicatorPart part, double plan) implements Value {}
  }

  /// What portals are asked for.
  enum PortalMeasure {
    PAGEVIEWS,
    VISITS,
    VISITORS,
    ERRORS;

    /// The measure of an id without its period, `portal.visits`.
    static Optional<PortalMeasure> of(String id) {
      return Arrays.stream(values()).filter(one -> id.equals(one.id())).findFirst();
    }

    String id() {
      return "portal." + name().toLowerCase(Locale.ROOT);
    }
  }

  /// What an indicator shows.
  enum IndicatorPart {
    VALUE,
    PLAN,
    RATIO
  }

  record Name(String vi, String en, String definitionVi, String definitionEn) {}

  private static final String ROUNDED = "làm tròn xuống 4 chữ số thập phân.";

  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<Topic, List<Entry>> byTopic = new LinkedHashMap<>();

  /// @param reported indicators that were reported and are not configured
  Catalogue(BoardConfig config, List<String> reported) {
    for (Measure measure : Measure.values()) {
      measure(measure, config);
    }
    ratios();
    for (Period period : Period.values()) {
      answerTimes(period);
      portal(period);
    }
    for (BoardConfig.IndicatorSpec spec : config.indicators()) {
      double plan = spec.target().orElse(spec.targetHigh().orElse(0));
      indicator(spec.id(), spec.name(), spec.nameEn(), new Unit(spec.unit(), spec.unitEn()), plan);
    }
    for (String id : reported) {
      indicator(id, id, id, Unit.NONE, 0);
    }
    for (Topic topic : Topic.values()) {
      byTopic.put(
          topic, entries.values().stream().filter(entry -> entry.topic() == topic).toList());
    }
  }

  List<Entry> entries() {
    return List.copyOf(entries.values());
  }

  List<Entry> of(Topic topic) {
    return byTopic.getOrDefault(topic, List.of());
  }

  Optional<Entry> find(String id) {
    return Optional.ofNullable(entries.get(id));
  }

  private void measure(Measure measure, BoardConfig config) {
    if (!measure.served()) {
      return;
    }
    Name name = CatalogueNames.of(measure, config);
    Topic topic = measure.id().startsWith("dossier.") ? Topic.DOSSIER : Topic.FEEDBACK;
    Unit unit = topic == Topic.DOSSIER ? Unit.DOSSIERS : Unit.FEEDBACK;
    if (measure.level()) {
      add(
          new Entry(
              measure.id(),
              topic,
              new Value.Level(measure),
              name.vi(),
              name.en(),
              name.definitionVi(),
              name.definitionEn(),
              "",
              "",
              unit,
              ""));
      return;
    }
    for (Period period : Period.values()) {
      add(
          new Entry(
              measure.id() + "." + period.label(),
              topic,
              new Value.Count(measure, period),
              name.vi() + CatalogueNames.vi(period),
              name.en() + CatalogueNames.en(period),
              name.definitionVi(),
              name.definitionEn(),
              "",
              "",
              unit,
              ""));
    }
  }

  private void ratios() {
    for (Period period : Period.values()) {
      ratio(
          "feedback.ontimerate",
          Topic.FEEDBACK,
          period,
          "Tỷ lệ trả lời đúng hạn",
          "Answered on time",
          List.of(Measure.FEEDBACK_ANSWERED_ONTIME),
          List.of(Measure.FEEDBACK_ANSWERED_ONTIME, Measure.FEEDBACK_ANSWERED_LATE),
          "Trả lời đúng hạn / (đúng hạn + quá hạn), không tính phản ánh chưa có hạn; " + ROUNDED,
          "answered on time",
          "answered on time or late; those without due date in neither");
      ratio(
          "feedback.satisfaction",
          Topic.FEEDBACK,
          period,
          "Mức độ hài lòng về xử lý phản ánh",
          "Satisfaction with answers",
          List.of(Measure.FEEDBACK_SATISFIED),
          List.of(Measure.FEEDBACK_RATED),
          "Phản ánh có lần đánh giá gần nhất từ 4 điểm hoặc nhiều thích hơn không thích / phản ánh"
              + " được đánh giá; "
              + ROUNDED,
          "cases whose last rating is 4 or more, or has more likes than dislikes",
          "cases rated");
      ratio(
          "dossier.ontime.d2",
          Topic.DOSSIER,
          period,
          "Tỷ lệ giải quyết trước và đúng hạn",
          "Finished early or on time",
          List.of(Measure.DOSSIER_FINISHED_EARLY, Measure.DOSSIER_FINISHED_ONTIME),
          List.of(
              Measure.DOSSIER_FINISHED_EARLY,
              Measure.DOSSIER_FINISHED_ONTIME,
              Measure.DOSSIER_FINISHED_LATE),
          "(Trước hạn + đúng hạn) / đã giải quyết, so theo ngày, không có ngày hẹn là đúng hạn; "
              + ROUNDED,
          "finished before or on the due date; those without due date count as on time",
          "finished");
      ratio(
          "dossier.satisfaction",
          Topic.DOSSIER,
          period,
          "Mức độ hài lòng về giải quyết thủ tục",
          "Satisfaction with dossiers",
          List.of(Measure.DOSSIER_SATISFIED),
          List.of(Measure.DOSSIER_RATED),
          "Hồ sơ có lần đánh giá gần nhất từ 4 điểm hoặc nhiều thích hơn không thích / hồ sơ được"
              + " đánh giá; "
              + ROUNDED,
          "dossiers whose last rating is 4 or more, or has more likes than dislikes",
          "dossiers rated");
    }
    add(
        new Entry(
            "dossier.ontime.d3",
            Topic.DOSSIER,
            new Value.OnTimeOpen(),
            "Tỷ lệ hồ sơ đang giải quyết còn trong hạn",
            "Open and not past due",
            "Hồ sơ đang giải quyết chưa quá hạn, trên mọi hồ sơ đang giải quyết, tính đến lúc này.",
            "Open dossiers that are not past due, of all open dossiers, now.",
            "open and not past due",
            "open",
            Unit.NONE,
            "null"));
  }

  private void ratio(
      String id,
      Topic topic,
      Period period,
      String vi,
      String en,
      List<Measure> numerator,
      List<Measure> denominator,
      String definitionVi,
      String numeratorText,
      String denominatorText) {
    add(
        new Entry(
            id + "." + period.label(),
            topic,
            new Value.Ratio(numerator, denominator, period),
            vi + CatalogueNames.vi(period),
            en + CatalogueNames.en(period),
            definitionVi,
            "Of " + denominatorText + ": " + numeratorText + ". Rounded down to four decimals.",
            numeratorText,
            denominatorText,
            Unit.NONE,
            "null"));
  }

  private void answerTimes(Period period) {
    for (int percent : new int[] {50, 90}) {
      add(
          new Entry(
              "feedback.answertime.p" + percent + "." + period.label(),
              Topic.FEEDBACK,
              new Value.AnswerTime(percent, period),
              "Thời gian trả lời, "
                  + percent
                  + "% số phản ánh không quá"
                  + CatalogueNames.vi(period),
              "Answer time, percentile " + percent + CatalogueNames.en(period),
              "Thời gian từ tiếp nhận đến trả lời, theo hạng gần nhất; tính vào ngày trả lời.",
              "Nearest rank of the time from received to answered, by the day of the answer.",
              "",
              "",
              Unit.MINUTES,
              "null"));
    }
  }

  private void portal(Period period) {
    for (PortalMeasure measure : PortalMeasure.values()) {
      Name name = CatalogueNames.of(measure);
      add(
          new Entry(
              measure.id() + "." + period.label(),
              Topic.PORTAL,
              new Value.Portal(measure, period),
              name.vi() + CatalogueNames.vi(period),
              name.en() + CatalogueNames.en(period),
              name.definitionVi(),
              name.definitionEn(),
              "",
              "",
              unit(measure),
              ""));
    }
  }

  private static Unit unit(PortalMeasure measure) {
    return switch (measure) {
      case PAGEVIEWS -> new Unit("lượt", "page views");
      case VISITS -> new Unit("lượt", "visits");
      case VISITORS -> new Unit("người", "visitors");
      case ERRORS -> new Unit("lỗi", "errors");
    };
  }

  private void indicator(String id, String vi, String en, Unit unit, double plan) {
    for (IndicatorPart part : IndicatorPart.values()) {
      String suffixVi =
          switch (part) {
            case VALUE -> "";
            case PLAN -> ", kế hoạch";
            case RATIO -> ", so với kế hoạch";
          };
      String suffixEn =
          switch (part) {
            case VALUE -> "";
            case PLAN -> ", plan";
            case RATIO -> ", of plan";
          };
      add(
          new Entry(
              "indicator." + id + "." + part.name().toLowerCase(java.util.Locale.ROOT),
              Topic.INDICATOR,
              new Value.Reported(id, part, plan),
              vi + suffixVi,
              en + suffixEn,
              "Theo báo cáo của kỳ mới nhất: số của cả chỉ tiêu; nếu không có thì tổng các hạng mục"
                  + " và các đơn vị trực thuộc, mỗi nơi một lần.",
              "As reported for the newest period: the whole; where there is none, the sum of the items"
                  + " and of the agencies below, each once.",
              part == IndicatorPart.RATIO ? "value" : "",
              part == IndicatorPart.RATIO ? "plan" : "",
              part == IndicatorPart.RATIO ? Unit.NONE : unit,
              part == IndicatorPart.RATIO ? "null" : ""));
    }
  }

  private void add(Entry entry) {
    entries.put(entry.id(), entry);
  }
}
