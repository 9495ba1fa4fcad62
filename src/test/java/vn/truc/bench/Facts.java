package vn.truc.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/// Facts as a one-stop system sends them, without end and without repeats: ten thousand dossiers at
/// a time go through five statuses each, in the order of their times.
final class Facts {
  static final String SOURCE = "/bench/one-stop";

  private static final int[] STATUSES = {1, 2, 4, 9, 10};
  private static final String[] AGENCIES = {
    "so-noi-vu", "so-tai-chinh", "so-xay-dung", "tt-dang-kiem", "vp-dang-ky-dat-dai"
  };
  private static final String[] AREAS = {"00691", "00694", "00700", "00706", "00715", "00721"};
  private static final String[] FIELDS = {"giao-thong", "moi-truong", "dat-dai", "ho-tich"};
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx").withZone(ZoneOffset.ofHours(7));

  private final StringBuilder text = new StringBuilder(512);
  private final Instant begin = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(172_800);
  private final String run;
  private final int alive;
  private long next;
  private long timedSecond = -1;
  private String time = "";

  /// @param run tells the dossiers of one series from those of another
  Facts(String run) {
    this(run, 10_000);
  }

  /// @param alive dossiers that go through their statuses together
  Facts(String run, int alive) {
    this.run = run;
    this.alive = alive;
  }

  /// Dossiers that count as received, of the facts so far.
  long dossiersReceived() {
    long block = (long) alive * STATUSES.length;
    long whole = next / block * alive;
    return whole + Math.clamp(next % block - alive, 0, alive);
  }

  /// The next fact, one structured CloudEvent on one line without its end.
  byte[] next() {
    long number = next++;
    long block = number / ((long) alive * STATUSES.length);
    int within = (int) (number % ((long) alive * STATUSES.length));
    int step = within / alive;
    long dossier = block * alive + within % alive;
    String agency = AGENCIES[(int) (dossier % AGENCIES.length)];
    String time = time(number / 50 % 172_000);
    text.setLength(0);
    text.append("{\"specversion\":\"1.0\",\"type\":\"vn.ioc.dossier.status\",\"source\":\"")
        .append(SOURCE)
        .append("\",\"id\":\"");
    code(dossier).append('-').append(step).append("\",\"subject\":\"");
    code(dossier).append("\",\"time\":\"").append(time).append("\",\"data\":{\"status\":");
    text.append(STATUSES[step]).append(",\"agency\":\"").append(agency).append('"');
    if (step == 0) {
      text.append(",\"area\":\"")
          .append(AREAS[(int) (dossier % AREAS.length)])
          .append("\",\"field\":\"")
          .append(FIELDS[(int) (dossier % FIELDS.length)])
          .append("\",\"procedure\":\"1.004194.000.00.00.H60\",\"channel\":\"online\"")
          .append(",\"applicant\":\"citizen\",\"receivedAt\":\"")
          .append(time)
          .append("\",\"dueAt\":\"2035-06-30\"");
    }
    text.append("}}");
    return text.toString().getBytes(US_ASCII);
  }

  private String time(long second) {
    if (second != timedSecond) {
      timedSecond = second;
      time = SECONDS.format(begin.plusSeconds(second));
    }
    return time;
  }

  private StringBuilder code(long dossier) {
    text.append("H60.").append(run).append("-261123-");
    String digits = Long.toString(dossier);
    text.append("00000000", 0, Math.max(0, 8 - digits.length())).append(digits);
    return text;
  }

  /// So many facts as NDJSON.
  byte[] lines(int count) {
    java.io.ByteArrayOutputStream body = new java.io.ByteArrayOutputStream(count * 320);
    for (int i = 0; i < count; i++) {
      body.writeBytes(next());
      body.write('\n');
    }
    return body.toByteArray();
  }
}
