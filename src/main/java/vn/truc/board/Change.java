package vn.truc.board;

import java.util.List;
import java.util.Optional;

/// One change of one case: push and alerts live from these and from nothing else.
///
/// @param before where the case stood; empty when it is new, and for changes by the clock, which
///     alter nothing but nearness of the due date
/// @param scopes the scopes the case lies in now; none when it counts nowhere
/// @param position the record that caused it; 0 when the clock did
/// @param timeMicros when it happened: the fact's time, or the moment the clock reached
public record Change(
    Optional<CaseSummary> before,
    CaseSummary after,
    List<String> scopes,
    Cause cause,
    long position,
    long timeMicros) {
  public Change {
    scopes = List.copyOf(scopes);
  }

  /// The change as an item of the channel `feed:<scope>`.
  public String feedJson() {
    JsonText json = new JsonText().open('{');
    json.name("position").string(Long.toString(position));
    json.name("time").string(JsonText.instantText(timeMicros));
    json.name("kind").string(after.kind().label()).name("code").string(after.code());
    Summaries.status(after, json);
    json.name("agency").stringOrNull(after.agency()).name("area").stringOrNull(after.area());
    json.name("field").stringOrNull(after.field()).name("channel").stringOrNull(after.channel());
    return json.close('}').toString();
  }

  /// What made a case change.
  public enum Cause {
    FACT,
    CLOCK
  }
}
