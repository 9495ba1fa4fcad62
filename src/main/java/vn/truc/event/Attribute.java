package vn.truc.event;

import java.util.Optional;

/// The registers of a case. Each is last-writer-wins in the order of the case's facts (design,
/// section 3).
///
/// The ordinal is part of the snapshot format: append only.
public enum Attribute {
  AGENCY("agency", Form.TEXT),
  AREA("area", Form.TEXT),
  FIELD("field", Form.TEXT),
  CHANNEL("channel", Form.TEXT),
  APPLICANT("applicant", Form.TEXT),
  RECEIVED_AT("receivedAt", Form.INSTANT),
  DUE_AT("dueAt", Form.DEADLINE),
  FINISHED_AT("finishedAt", Form.INSTANT),
  ANSWERED_AT("answeredAt", Form.INSTANT),
  PUBLISHED_AT("publishedAt", Form.INSTANT),
  PROCEDURE("procedure", Form.TEXT),
  PROCEDURE_VERSION("procedureVersion", Form.TEXT),
  DUE_BEFORE("dueBefore", Form.DEADLINE),
  DUE_AFTER("dueAfter", Form.DEADLINE),
  PAID_ONLINE("paidOnline", Form.FLAG),
  DIGITISED("digitised", Form.FLAG),
  REUSED("reused", Form.FLAG),
  ELECTRONIC_RESULT("electronicResult", Form.FLAG),
  VNEID("vneid", Form.FLAG),
  MAX_DURATION("maxDuration", Form.TEXT),
  SAME_AS("sameAs", Form.TEXT),
  APOLOGY_AT("apologyAt", Form.INSTANT),
  NEW_DUE_AT("newDueAt", Form.DEADLINE),
  RETURN_BY("returnBy", Form.TEXT),
  FEEDBACK_CLASS("class", Form.TEXT),
  /// The co-operating agencies, joined by one comma each, in the sender's order.
  CO_AGENCIES("coAgencies", Form.TEXT_LIST),
  URGENCY("urgency", Form.TEXT),
  DUPLICATE_OF("duplicateOf", Form.TEXT),
  OUTCOME("outcome", Form.TEXT),
  LAT("lat", Form.NUMBER),
  LON("lon", Form.NUMBER),
  /// Rating facts only: 1 to 5.
  SCORE("score", Form.NUMBER),
  LIKE("like", Form.NUMBER),
  DISLIKE("dislike", Form.NUMBER),
  /// Void facts only.
  VOIDED("voided", Form.FLAG),
  REASON("reason", Form.TEXT),
  AUTHOR("author", Form.TEXT),
  /// The text of a status outside the known vocabulary, kept as it came.
  UNKNOWN_STATUS("unknownStatus", Form.TEXT),
  /// Members that stand in the data and count as not given, since their times are none: joined by
  /// one comma each. For a deadline it says that there is none.
  NOT_TAKEN("notTaken", Form.TEXT);

  /// How a value is held: text as `String`; instants and deadlines as `Long` microseconds since
  /// 1970; numbers as `Double`; flags as `Boolean`. A bare date in a deadline means the last
  /// microsecond of that day, in an instant its first, both in Asia/Ho_Chi_Minh.
  public enum Form {
    TEXT,
    TEXT_LIST,
    INSTANT,
    DEADLINE,
    NUMBER,
    FLAG
  }

  private static final Attribute[] ALL = values();

  private final String label;
  private final Form form;

  Attribute(String label, Form form) {
    this.label = label;
    this.form = form;
  }

  /// The member name in a fact's data.
  public String label() {
    return label;
  }

  public Form form() {
    return form;
  }

  /// The attribute with this ordinal.
  public static Attribute at(int ordinal) {
    return ALL[ordinal];
  }

  /// The attribute with this member name; empty when there is none.
  public static Optional<Attribute> of(String label) {
    for (Attribute attribute : ALL) {
      if (attribute.label.equals(label)) {
        return Optional.of(attribute);
      }
    }
    return Optional.empty();
  }
}
