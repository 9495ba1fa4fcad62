package vn.truc.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a trace of a redis-server (`strace -f -y -ttt`) shows of its promise: no entry of a stream
/// is told to anybody, the answer to its XADD included, before its bytes were written to the
/// append-only file and a sync that began after that write has ended well.
///
/// A line is `PID SECONDS CALL(ARGUMENTS) = RESULT`; a call during which another thread did
/// something is cut in two, `CALL(ARGUMENTS <unfinished ...>` and `<... CALL resumed>) = RESULT`.
final class RedisTrace {
  private static final Pattern LINE = Pattern.compile("(\\d+) +(\\d+\\.\\d+) (.*)");
  private static final Pattern CALL = Pattern.compile("(\\w+)\\(\\d+<([^>]*)>.*");
  private static final Pattern APPENDED =
      Pattern.compile("(?i)XADD\\\\r\\\\n.*?\\\\r\\\\n(\\d{10,}-\\d+)\\\\r\\\\n(.*?)(?=XADD|$)");
  private static final Pattern EVENT_ID =
      Pattern.compile("\\$2\\\\r\\\\nid\\\\r\\\\n\\$\\d+\\\\r\\\\n(.*?)\\\\r\\\\n");
  private static final Pattern TOLD = Pattern.compile("\\\\r\\\\n(\\d{10,}-\\d+)\\\\r\\\\n");

  private final Map<String, String> entries = new HashMap<>();
  private final Map<String, Double> synced = new HashMap<>();
  private final Set<String> told = new HashSet<>();
  private final List<String> breaches = new ArrayList<>();

  /// Entries written to the append-only file and covered by no sync yet.
  private final Set<String> written = new HashSet<>();

  /// By thread: the call under way, and for a sync what was written before it began.
  private final Map<String, String> callUnderWay = new HashMap<>();

  private final Map<String, Set<String>> coveredUnderWay = new HashMap<>();
  private boolean ended;

  private RedisTrace() {}

  static RedisTrace of(List<String> lines) {
    RedisTrace trace = new RedisTrace();
    lines.forEach(trace::take);
    return trace;
  }

  /// Waits until the traced process is gone and the trace whole.
  static RedisTrace whole(Path file) throws Exception {
    Patience.until("the trace is whole", () -> of(lines(file)).ended);
    return of(lines(file));
  }

  static List<String> lines(Path file) throws IOException {
    return Files.readAllLines(file, java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  private void take(String line) {
    Matcher parts = LINE.matcher(line);
    if (!parts.matches()) {
      return;
    }
    String thread = parts.group(1);
    double at = Double.parseDouble(parts.group(2));
    String call = parts.group(3);
    if (call.startsWith("+++ ")) {
      ended = true;
    } else if (call.startsWith("<... ")) {
      String begun = callUnderWay.remove(thread);
      if (begun != null) {
        end(thread, at, begun, call);
      }
    } else if (CALL.matcher(call).matches()) {
      begin(thread, call);
      if (call.endsWith("<unfinished ...>")) {
        callUnderWay.put(thread, call);
      } else {
        end(thread, at, call, call);
      }
    }
  }

  private static String fileOf(String call) {
    Matcher parts = CALL.matcher(call);
    return parts.matches() ? parts.group(2) : "";
  }

  private static boolean isJournal(String call) {
    return fileOf(call).endsWith(".incr.aof");
  }

  private static boolean isSync(String call) {
    return call.startsWith("fsync(") || call.startsWith("fdatasync(");
  }

  /// What counts from the moment a call begins: what it tells, and what a sync may cover.
  private void begin(String thread, String call) {
    if (isSync(call) && isJournal(call)) {
      coveredUnderWay.put(thread, new HashSet<>(written));
    } else if (call.startsWith("write") && fileOf(call).startsWith("socket:")) {
      Matcher ids = TOLD.matcher(call);
      while (ids.find()) {
        tell(ids.group(1));
      }
    }
  }

  private void tell(String streamId) {
    if (told.add(streamId) && !synced.containsKey(streamId)) {
      breaches.add(streamId);
    }
  }

  /// What counts only when a call has ended.
  private void end(String thread, double at, String call, String outcome) {
    if (!isJournal(call)) {
      return;
    }
    if (isSync(call)) {
      Set<String> covered = Optional.ofNullable(coveredUnderWay.remove(thread)).orElse(Set.of());
      if (outcome.contains(") = 0")) {
        covered.forEach(streamId -> synced.putIfAbsent(streamId, at));
        written.removeAll(covered);
      }
    } else {
      Matcher appended = APPENDED.matcher(call);
      while (appended.find()) {
        written.add(appended.group(1));
        Matcher id = EVENT_ID.matcher(appended.group(2));
        if (id.find()) {
          entries.put(id.group(1), appended.group(1));
        }
      }
    }
  }

  /// Stream ids that were told before they were durable.
  List<String> breaches() {
    return breaches;
  }

  /// Stream ids that were told.
  Set<String> told() {
    return told;
  }

  /// The place in the stream of the record of an event; empty where it was never written.
  Optional<String> streamId(String eventId) {
    return Optional.ofNullable(entries.get(eventId));
  }

  /// When the first sync that covers an event's record began, in seconds since 1970; empty where
  /// none does.
  Optional<Double> syncedAt(String eventId) {
    return streamId(eventId).map(synced::get);
  }
}
