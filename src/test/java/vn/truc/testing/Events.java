package vn.truc.testing;

/// Texts of events for tests.
public final class Events {
  private Events() {}

  /// A feedback status fact of the hotline.
  public static String feedback(String id, String code, String status) {
    return feedback("/hotline/1022", id, code, status);
  }

  /// A feedback status fact.
  public static String feedback(String source, String id, String code, String status) {
    return """
    {"specversion":"1.0","id":"%s","source":"%s","type":"vn.ioc.feedback.status","subject":"%s",\
    "time":"2026-11-23T07:30:00+07:00","data":{"status":"%s","area":"02215"}}"""
        .formatted(id, source, code, status);
  }
}
