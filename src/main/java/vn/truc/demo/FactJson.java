package vn.truc.demo;

import java.time.LocalDate;

/// Writes one structured CloudEvent after another into a reused buffer. No tree is built: eight
/// weeks of history must be told within a second or two.
final class FactJson {
  private final StringBuilder out = new StringBuilder(1024);
  private boolean first;
  private long cachedDay = Long.MIN_VALUE;
  private String cachedDate = "";
  private long anchorSimulated;
  private long anchorReal;
  private double speed = 1;
  private final String sourcePrefix;

  FactJson(String sourcePrefix) {
    this.sourcePrefix = sourcePrefix;
  }

  /// From now on an instant of the simulation stands for a real one: `simulated` is written as
  /// `real`, and what lies around it shrinks by `speed`.
  void anchor(long simulated, long real, double speed) {
    this.anchorSimulated = simulated;
    this.anchorReal = real;
    this.speed = speed;
  }

  FactJson begin(String type, String source, String id, String subject, long time) {
    out.setLength(0);
    out.append("{\"specversion\":\"1.0\",\"type\":\"").append(type).append("\",\"source\":\"");
    escape(sourcePrefix);
    escape(source);
    out.append("\",\"id\":\"");
    escape(id);
    if (!subject.isEmpty()) {
      out.append("\",\"subject\":\"");
      escape(subject);
    }
    out.append("\",\"time\":\"");
    instant(time);
    out.append("\",\"data\":{");
    first = true;
    return this;
  }

  FactJson text(String name, String value) {
    name(name).append('"');
    escape(value);
    out.append('"');
    return this;
  }

  FactJson number(String name, long value) {
    name(name).append(value);
    return this;
  }

  FactJson number(String name, double value) {
    name(name).append(value);
    return this;
  }

  FactJson flag(String name, boolean value) {
    name(name).append(value);
    return this;
  }

  FactJson time(String name, long micros) {
    name(name).append('"');
    instant(micros);
    out.append('"');
    return this;
  }

  /// The real instant the simulation's present stands for.
  long anchored() {
    return anchorReal;
  }

  /// A real instant, whatever stands for what.
  FactJson realTime(String name, long micros) {
    name(name).append('"');
    written(micros);
    out.append('"');
    return this;
  }

  FactJson date(String name, long micros) {
    name(name).append('"').append(date(speed == 1 ? micros : real(micros))).append('"');
    return this;
  }

  FactJson clear(String name) {
    name(name).append("null");
    return this;
  }

  /// A member whose value is JSON already.
  FactJson raw(String name, String json) {
    name(name).append(json);
    return this;
  }

  String end() {
    return out.append("}}").toString();
  }

  private StringBuilder name(String name) {
    if (!first) {
      out.append(',');
    }
    first = false;
    return out.append('"').append(name).append("\":");
  }

  private void escape(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append("\\u00").append(c < 16 ? '0' : '1').append(Character.forDigit(c & 15, 16));
      } else {
        out.append(c);
      }
    }
  }

  private long real(long simulated) {
    return anchorReal + (long) ((simulated - anchorSimulated) / speed);
  }

  private String date(long micros) {
    long day = WorkHours.day(micros);
    if (day != cachedDay) {
      cachedDay = day;
      cachedDate = LocalDate.ofEpochDay(day).toString();
    }
    return cachedDate;
  }

  /// RFC 3339 in the zone; a fraction only where there is one, in milliseconds.
  private void instant(long simulated) {
    written(speed == 1 ? simulated : real(simulated));
  }

  private void written(long micros) {
    long millis = WorkHours.timeOfDay(micros) / 1_000;
    int seconds = (int) (millis / 1_000);
    int fraction = (int) (millis % 1_000);
    out.append(date(micros)).append('T');
    two(seconds / 3600);
    out.append(':');
    two(seconds / 60 % 60);
    out.append(':');
    two(seconds % 60);
    if (fraction != 0) {
      out.append('.').append((char) ('0' + fraction / 100));
      two(fraction % 100);
    }
    out.append("+07:00");
  }

  private void two(int value) {
    out.append((char) ('0' + value / 10)).append((char) ('0' + value % 10));
  }
}
