package vn.truc.demo;

import io.vertx.core.json.JsonObject;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// A naive count of what is open at an instant, from the facts as they were sent.
record OpenFeedback(int open, int unaccepted, int overdue, int nearDue) {
  private static final Set<String> OVER =
      Set.of("answered", "published", "closed", "refused", "withdrawn", "duplicate");

  private record State(String time, String status, String dueAt) {}

  static OpenFeedback at(SimulatedProvince province, long instant) {
    Map<String, State> states = new HashMap<>();
    while (province.hasNext()) {
      JsonObject event = new JsonObject(province.next().json());
      if (!event.getString("type").equals("vn.ioc.feedback.status")) {
        continue;
      }
      JsonObject data = event.getJsonObject("data");
      states.merge(
          event.getString("subject"),
          new State(event.getString("time"), data.getString("status"), data.getString("dueAt", "")),
          (old, now) -> {
            State newest = now.time.compareTo(old.time) >= 0 ? now : old;
            String due = now.dueAt.isEmpty() ? old.dueAt : now.dueAt;
            return new State(newest.time, newest.status, due);
          });
    }
    int open = 0;
    int unaccepted = 0;
    int overdue = 0;
    int nearDue = 0;
    for (State state : states.values()) {
      if (OVER.contains(state.status)) {
        continue;
      }
      open++;
      unaccepted += state.status.equals("received") ? 1 : 0;
      if (!state.dueAt.isEmpty()) {
        long due = OffsetDateTime.parse(state.dueAt).toInstant().toEpochMilli() * 1_000;
        overdue += due < instant ? 1 : 0;
        nearDue += due >= instant && due <= instant + WorkHours.DAY ? 1 : 0;
      }
    }
    return new OpenFeedback(open, unaccepted, overdue, nearDue);
  }
}
