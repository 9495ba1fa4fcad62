package vn.truc.event;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The context attributes of the event being decoded, as they came; scratch of [EventCodec].
final class Envelope {
  @Nullable String specversion;
  @Nullable String id;
  @Nullable String source;
  @Nullable String type;
  @Nullable String subject;
  @Nullable String time;
  long timeMicros;
  @Nullable String sequence;
  @Nullable String dataContentType;
  @Nullable Flaw flaw;

  /// The other attributes as the members of a JSON object, without its end.
  final ByteSink extensions = new ByteSink();

  /// Their names.
  final List<String> extensionNames = new ArrayList<>();

  void clear() {
    specversion = null;
    id = null;
    source = null;
    type = null;
    subject = null;
    time = null;
    timeMicros = Rfc3339.INVALID;
    sequence = null;
    dataContentType = null;
    flaw = null;
    extensions.clear();
    extensionNames.clear();
  }

  /// Begins another attribute; its value is put next.
  ByteSink extension(String name) {
    extensionNames.add(name);
    extensions.put(extensions.length() == 0 ? '{' : ',');
    extensions.putQuoted(name);
    extensions.put(':');
    return extensions;
  }

  /// Keeps the first flaw.
  void fail(Flaw found) {
    if (flaw == null) {
      flaw = found;
    }
  }

  @Nullable String extensionsJson() {
    if (extensions.length() == 0) {
      return null;
    }
    extensions.put('}');
    return extensions.text();
  }

  /// Whether a name may be that of an attribute: lower-case letters and digits.
  static boolean isAttributeName(String name) {
    for (int i = 0; i < name.length(); i++) {
      char next = name.charAt(i);
      if ((next < 'a' || next > 'z') && (next < '0' || next > '9')) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  /// Whether a text holds characters that no attribute may hold: controls and noncharacters.
  static boolean holdsControls(String text) {
    for (int i = 0; i < text.length(); i++) {
      char next = text.charAt(i);
      if (next < 0x20 || (next >= 0x7F && next <= 0x9F) || next >= 0xFFFE) {
        return true;
      }
    }
    return false;
  }

  /// A name as it may be shown in an answer, a list or a log: not too long, and without characters
  /// that steer who shows it.
  static String shown(String name) {
    int end = Math.min(name.length(), 64);
    StringBuilder shown = new StringBuilder(end);
    for (int i = 0; i < end; i++) {
      char next = name.charAt(i);
      boolean steers =
          switch (Character.getType(next)) {
            case Character.CONTROL,
                Character.FORMAT,
                Character.LINE_SEPARATOR,
                Character.PARAGRAPH_SEPARATOR,
                Character.UNASSIGNED ->
                true;
            default -> false;
          };
      shown.append(steers ? '\uFFFD' : next);
    }
    return shown.toString();
  }
}
