package vn.truc.board;

/// What the counted measures are called, Vietnamese and English, and what they mean.
final class CatalogueNames {
  /// Where the span of `nearDue` stands in a definition.
  private static final String NEAR_VI = "{nearDue}";

  private static final String NEAR_EN = "{nearDueEn}";

  private CatalogueNames() {}

  /// The words of a measure, with the figures of a configuration in them.
  static Catalogue.Name of(Measure measure, BoardConfig config) {
    Catalogue.Name name = of(measure);
    long minutes = config.nearDue().toMinutes();
    boolean hours = minutes % 60 == 0;
    String vi = hours ? minutes / 60 + " giờ" : minutes + " phút";
    String en = hours ? minutes / 60 + " hours" : minutes + " minutes";
    return new Catalogue.Name(
        name.vi(),
        name.en(),
        name.definitionVi().replace(NEAR_VI, vi),
        name.definitionEn().replace(NEAR_EN, en));
  }

  static String vi(Period period) {
    return switch (period) {
      case TODAY -> " hôm nay";
      case WEEK -> " tuần này";
      case MONTH -> " tháng này";
      case QUARTER -> " quý này";
      case YEAR -> " năm nay";
    };
  }

  static String en(Period period) {
    return switch (period) {
      case TODAY -> " today";
      case WEEK -> " this week";
      case MONTH -> " this month";
      case QUARTER -> " this quarter";
      case YEAR -> " this year";
    };
  }

  static Catalogue.Name of(Catalogue.PortalMeasure measure) {
    return switch (measure) {
      case PAGEVIEWS ->
          name(
              "Lượt xem trang",
              "Page views",
              "Lượt xem trang của mọi cổng, tính theo giờ phát sinh.",
              "Page views of all portals, by the hour they fell in.");
      case VISITS ->
          name("Lượt truy cập", "Visits", "Lượt truy cập của mọi cổng.", "Visits of all portals.");
      case VISITORS ->
          name(
              "Người truy cập",
              "Visitors",
              "Số người truy cập khác nhau của mọi cổng; ước lượng khi nguồn gửi bản phác HLL.",
              "Different visitors of all portals, estimated where sketches are reported.");
      case ERRORS ->
          name(
              "Lượt lỗi",
              "Errors",
              "Số yêu cầu mà các cổng trả lời bằng lỗi.",
              "Requests the portals answered with an error.");
    };
  }

  static Catalogue.Name of(Measure measure) {
    return switch (measure) {
      case FEEDBACK_RECEIVED ->
          name(
              "Phản ánh tiếp nhận",
              "Feedback received",
              "Tính vào ngày tiếp nhận (receivedAt), nếu không có thì ngày của trạng thái đầu tiên.",
              "On the day of receivedAt, else of its first status.");
      case FEEDBACK_ACCEPTED ->
          name(
              "Phản ánh đã tiếp nhận xử lý",
              "Feedback accepted",
              "Tính vào ngày được tiếp nhận xử lý lần đầu.",
              "On the day it was first accepted.");
      case FEEDBACK_ANSWERED ->
          name(
              "Phản ánh đã trả lời",
              "Feedback answered",
              "Hiện đã xong; tính vào ngày trả lời, kể từ lần phản ánh lại gần nhất.",
              "Done now; on the day it was answered, since it was last reopened.");
      case FEEDBACK_ANSWERED_ONTIME ->
          name(
              "Trả lời đúng hạn",
              "Answered on time",
              "Trả lời trước hoặc đúng thời điểm hết hạn.",
              "Answered at or before the due time.");
      case FEEDBACK_ANSWERED_LATE ->
          name(
              "Trả lời quá hạn",
              "Answered late",
              "Trả lời sau thời điểm hết hạn.",
              "Answered after the due time.");
      case FEEDBACK_ANSWERED_NODUE ->
          name(
              "Trả lời, chưa có hạn",
              "Answered without due date",
              "Đã trả lời mà không biết thời hạn.",
              "Answered, and no due time is known.");
      case FEEDBACK_REFUSED ->
          name(
              "Từ chối",
              "Feedback refused",
              "Hiện ở trạng thái từ chối; tính vào ngày bắt đầu trạng thái đó.",
              "Refused now; on the day that began.");
      case FEEDBACK_REOPENED ->
          name(
              "Phản ánh lại",
              "Feedback reopened",
              "Mỗi lần một phản ánh được mở lại.",
              "Every time a case is opened again.");
      case FEEDBACK_CHANNEL_HOTLINE -> channel("tổng đài", "hotline");
      case FEEDBACK_CHANNEL_PORTAL -> channel("cổng thông tin", "portal");
      case FEEDBACK_CHANNEL_APP -> channel("ứng dụng", "app");
      case FEEDBACK_CHANNEL_ZALO -> channel("Zalo", "Zalo");
      case FEEDBACK_CHANNEL_MAIL -> channel("thư", "mail");
      case FEEDBACK_CHANNEL_DESK -> channel("trực tiếp", "desk");
      case FEEDBACK_CHANNEL_SOCIAL -> channel("mạng xã hội", "social networks");
      case FEEDBACK_CHANNEL_IOC -> channel("IOC phát hiện", "the centre itself");
      case FEEDBACK_RATED ->
          name(
              "Phản ánh được đánh giá",
              "Feedback rated",
              "Tính vào ngày của lần đánh giá gần nhất.",
              "On the day of the last rating.");
      case FEEDBACK_SATISFIED ->
          name(
              "Phản ánh hài lòng",
              "Feedback satisfied",
              "Tính vào ngày của lần đánh giá gần nhất.",
              "On the day of the last rating.");
      case DOSSIER_RECEIVED ->
          name(
              "Hồ sơ tiếp nhận",
              "Dossiers received",
              "Tính vào ngày tiếp nhận (receivedAt), nếu không có thì ngày của trạng thái tiếp nhận đầu tiên.",
              "On the day of receivedAt, else of its first receiving status.");
      case DOSSIER_RECEIVED_ONLINE ->
          name(
              "Hồ sơ tiếp nhận trực tuyến",
              "Dossiers received online",
              "Đã tiếp nhận, theo kênh hiện tại.",
              "Received, by current channel.");
      case DOSSIER_RECEIVED_DESK ->
          name(
              "Hồ sơ tiếp nhận trực tiếp",
              "Dossiers received at the desk",
              "Đã tiếp nhận, theo kênh hiện tại.",
              "Received, by current channel.");
      case DOSSIER_RECEIVED_POST ->
          name(
              "Hồ sơ tiếp nhận qua bưu chính công ích",
              "Dossiers received by post",
              "Đã tiếp nhận, theo kênh hiện tại.",
              "Received, by current channel.");
      case DOSSIER_FINISHED_EARLY ->
          name(
              "Giải quyết trước hạn",
              "Finished early",
              "Giải quyết xong vào ngày trước ngày hẹn trả.",
              "Finished on a date before the due date.");
      case DOSSIER_FINISHED_ONTIME ->
          name(
              "Giải quyết đúng hạn",
              "Finished on time",
              "Giải quyết xong đúng ngày hẹn trả, hoặc không có ngày hẹn trả.",
              "Finished on the due date, or without due date.");
      case DOSSIER_FINISHED_LATE ->
          name(
              "Giải quyết quá hạn",
              "Finished late",
              "Giải quyết xong vào ngày sau ngày hẹn trả.",
              "Finished on a date after the due date.");
      case DOSSIER_FINISHED_NODUE ->
          name(
              "Giải quyết, không có ngày hẹn trả",
              "Finished without due date",
              "Cũng được tính trong số đúng hạn.",
              "Counted in on time too.");
      case DOSSIER_REJECTED ->
          name(
              "Không được tiếp nhận",
              "Dossiers rejected",
              "Hiện ở trạng thái 3; tính vào ngày bắt đầu trạng thái đó.",
              "Status 3 now; on the day that began.");
      case DOSSIER_WITHDRAWN ->
          name(
              "Công dân yêu cầu rút hồ sơ",
              "Dossiers withdrawn",
              "Hiện ở trạng thái 7; tính vào ngày bắt đầu trạng thái đó.",
              "Status 7 now; on the day that began.");
      case DOSSIER_STOPPED ->
          name(
              "Dừng xử lý",
              "Dossiers stopped",
              "Hiện ở trạng thái 8; tính vào ngày bắt đầu trạng thái đó.",
              "Status 8 now; on the day that began.");
      case DOSSIER_RATED ->
          name(
              "Hồ sơ được đánh giá",
              "Dossiers rated",
              "Tính vào ngày của lần đánh giá gần nhất.",
              "On the day of the last rating.");
      case DOSSIER_SATISFIED ->
          name(
              "Hồ sơ hài lòng",
              "Dossiers satisfied",
              "Tính vào ngày của lần đánh giá gần nhất.",
              "On the day of the last rating.");
      case FEEDBACK_OPEN ->
          name(
              "Phản ánh đang xử lý",
              "Feedback open",
              "Đã nhận, chưa xong và chưa kết thúc; gồm cả phản ánh chờ tiếp nhận.",
              "Received, neither done nor ended; the unaccepted included.");
      case FEEDBACK_UNACCEPTED ->
          name(
              "Phản ánh chờ tiếp nhận",
              "Feedback unaccepted",
              "Chưa có ai tiếp nhận xử lý.",
              "Nobody accepted it yet.");
      case FEEDBACK_NEARDUE ->
          name(
              "Phản ánh sắp đến hạn",
              "Feedback near due",
              "Đang xử lý, còn không quá " + NEAR_VI + " là đến hạn.",
              "Open, due within " + NEAR_EN + ".");
      case FEEDBACK_OVERDUE ->
          name(
              "Phản ánh quá hạn",
              "Feedback overdue",
              "Đang xử lý và đã quá hạn.",
              "Open and past due.");
      case FEEDBACK_NODUE ->
          name(
              "Phản ánh chưa có hạn",
              "Feedback without due date",
              "Đang xử lý mà không biết thời hạn.",
              "Open, and no due time is known.");
      case DOSSIER_WAITING ->
          name("Chờ tiếp nhận", "Dossiers waiting", "Hiện ở trạng thái 1.", "Status 1 now.");
      case DOSSIER_OPEN ->
          name(
              "Hồ sơ đang giải quyết",
              "Dossiers open",
              "Hiện ở trạng thái 2, 4, 5 hoặc 6.",
              "Status 2, 4, 5 or 6 now.");
      case DOSSIER_PAUSED ->
          name(
              "Tạm dừng xử lý",
              "Dossiers paused",
              "Hiện ở trạng thái 5 hoặc 6; vẫn tính là đang giải quyết.",
              "Status 5 or 6 now; they are open too.");
      case DOSSIER_NEARDUE ->
          name(
              "Hồ sơ sắp đến hạn",
              "Dossiers near due",
              "Đang xử lý, còn không quá " + NEAR_VI + " là đến hạn.",
              "Open, due within " + NEAR_EN + ".");
      case DOSSIER_OVERDUE ->
          name(
              "Hồ sơ quá hạn",
              "Dossiers overdue",
              "Đang xử lý và đã quá hạn.",
              "Open and past due.");
      case DOSSIER_NODUE ->
          name(
              "Hồ sơ chưa có ngày hẹn trả",
              "Dossiers without due date",
              "Đang giải quyết mà không biết ngày hẹn trả.",
              "Open, and no due date is known.");
    };
  }

  private static Catalogue.Name channel(String vi, String en) {
    return name(
        "Phản ánh qua " + vi,
        "Feedback by " + en,
        "Đã tiếp nhận, theo kênh hiện tại.",
        "Received, by current channel.");
  }

  private static Catalogue.Name name(
      String vi, String en, String definitionVi, String definitionEn) {
    return new Catalogue.Name(vi, en, definitionVi, definitionEn);
  }
}
