package vn.truc.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads the `ce-` headers of binary mode into an [Envelope]: unquoted, then percent-decoded
/// exactly once.
final class HeaderReader {
  /// Prefix of the attributes among the headers, in lower case.
  static final String PREFIX = "ce-";

  private final CodecLimits limits;
  private final Envelope envelope;

  HeaderReader(CodecLimits limits, Envelope envelope) {
    this.limits = limits;
    this.envelope = envelope;
  }

  void read(Iterable<Map.Entry<String, String>> headers) {
    Set<String> seen = new HashSet<>();
    for (Map.Entry<String, String> header : headers) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (!name.startsWith(PREFIX)) {
        continue;
      }
      String attribute = name.substring(PREFIX.length());
      if (!seen.add(attribute)) {
        envelope.fail(
            Flaw.of(
                Rejection.Reason.DUPLICATE_KEY,
                Envelope.shown(attribute),
                "the header stands twice"));
      }
      Optional<String> value = value(attribute, header.getValue());
      if (value.isPresent()) {
        set(attribute, value.get());
      }
    }
  }

  private void set(String attribute, String value) {
    switch (attribute) {
      case "specversion" -> envelope.specversion = value;
      case "id" -> envelope.id = value;
      case "source" -> envelope.source = value;
      case "type" -> envelope.type = value;
      case "subject" -> envelope.subject = value;
      case "time" -> {
        envelope.time = value;
        envelope.timeMicros = Rfc3339.parse(value);
      }
      case "sequence" -> envelope.sequence = value;
      case "datacontenttype", "data", "data_base64" ->
          envelope.fail(
              Flaw.invalid(attribute, "is no header: content type and body stand for it"));
      default -> extension(attribute, value);
    }
  }

  private void extension(String name, String value) {
    if (!Envelope.isAttributeName(name)) {
      envelope.fail(
          Flaw.invalid(Envelope.shown(name), "attribute names are lower-case letters and digits"));
    } else if (value.length() > limits.textCharsMax()) {
      envelope.fail(Flaw.tooLong(Envelope.shown(name), limits.textCharsMax()));
    } else if (Envelope.holdsControls(value)) {
      envelope.fail(Flaw.invalid(Envelope.shown(name), "holds control characters"));
    } else {
      envelope.extension(name).putQuoted(value);
    }
  }

  private Optional<String> value(String attribute, String header) {
    String raw = header.strip();
    boolean quoted = raw.startsWith("\"");
    if (quoted) {
      String unquoted = unquoted(raw);
      if (unquoted == null) {
        envelope.fail(Flaw.invalid(Envelope.shown(attribute), "the quotes do not match"));
        return Optional.empty();
      }
      raw = unquoted;
    }
    return percentDecoded(attribute, raw);
  }

  private static @Nullable String unquoted(String raw) {
    StringBuilder out = new StringBuilder(raw.length());
    for (int i = 1; i < raw.length(); i++) {
      char next = raw.charAt(i);
      if (next == '"') {
        return i == raw.length() - 1 ? out.toString() : null;
      }
      if (next == '\\' && ++i < raw.length()) {
        next = raw.charAt(i);
      }
      out.append(next);
    }
    return null;
  }

  private Optional<String> percentDecoded(String attribute, String raw) {
    byte[] out = new byte[raw.length()];
    int length = 0;
    for (int i = 0; i < raw.length(); i++) {
      char next = raw.charAt(i);
      if (next < 0x20 || next > 0x7E) {
        envelope.fail(
            Flaw.invalid(
                Envelope.shown(attribute),
                "characters outside printable ASCII must be percent-encoded"));
        return Optional.empty();
      }
      if (next == '%') {
        int high = i + 2 < raw.length() ? Character.digit(raw.charAt(i + 1), 16) : -1;
        int low = high < 0 ? -1 : Character.digit(raw.charAt(i + 2), 16);
        if (low < 0) {
          envelope.fail(
              Flaw.invalid(
                  Envelope.shown(attribute), "a percent sign without two hexadecimal digits"));
          return Optional.empty();
        }
        out[length++] = (byte) (high << 4 | low);
        i += 2;
      } else {
        out[length++] = (byte) next;
      }
    }
    if (!Utf8.valid(out, 0, length)) {
      envelope.fail(
          Flaw.of(
              Rejection.Reason.INVALID_UTF8,
              Envelope.shown(attribute),
              "percent-decoded, the bytes are not valid UTF-8"));
      return Optional.empty();
    }
    return Optional.of(new String(out, 0, length, UTF_8));
  }
}
