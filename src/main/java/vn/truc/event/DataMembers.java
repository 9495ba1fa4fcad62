package vn.truc.event;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import vn.truc.event.JsonReader.Token;

/// The members of one data object as spans and hashes, read before the type is known. Reusable.
final class DataMembers {
  private final int membersMax;
  private byte[] buf = new byte[0];
  private int objectFrom;
  private int objectTo;
  private boolean spaced;
  private boolean nonAscii;
  private int count;
  private int[] nameIds = new int[32];
  private long[] nameHashes = new long[32];
  private long[] hashes = new long[32];
  private Token[] tokens = new Token[32];
  private boolean[] escaped = new boolean[32];

  /// Three places a member: its beginning, that of its value, its end.
  private int[] spans = new int[96];

  DataMembers(int membersMax) {
    this.membersMax = membersMax;
  }

  /// No members: an event without data.
  void clear() {
    count = 0;
    buf = new byte[] {'{', '}'};
    objectFrom = 0;
    objectTo = 2;
    spaced = false;
    nonAscii = false;
  }

  /// Reads the object whose brace the reader has just consumed. What is wrong with it, or null.
  @Nullable Flaw read(JsonReader reader, byte[] bytes) {
    buf = bytes;
    objectFrom = reader.valueFrom();
    reader.clearMarks();
    count = 0;
    while (reader.member()) {
      long nameHash = reader.textHash();
      for (int i = 0; i < count; i++) {
        if (nameHashes[i] == nameHash) {
          return Flaw.of(
              Rejection.Reason.DUPLICATE_KEY, "data." + reader.text(), "the member stands twice");
        }
      }
      if (count == membersMax) {
        return Flaw.of(Rejection.Reason.TOO_LONG, "data", "more than " + membersMax + " members");
      }
      grow();
      int at = count++;
      nameHashes[at] = nameHash;
      nameIds[at] =
          DataName.TABLE.find(reader.textBytes(), reader.textFrom(), reader.textTo(), nameHash);
      spans[at * 3] = reader.memberFrom();
      Token token = reader.value();
      spans[at * 3 + 1] = reader.valueFrom();
      tokens[at] = token;
      escaped[at] = token == Token.STRING && reader.textEscaped();
      hashes[at] = ContentHash.pair(nameHash, reader.hash(token));
      spans[at * 3 + 2] = reader.position();
      Flaw flaw = reader.flaw();
      if (flaw != null) {
        return flaw.json() ? flaw.below(name(at)).below("data") : flaw;
      }
    }
    objectTo = reader.position();
    spaced = reader.spaced();
    nonAscii = reader.nonAscii();
    return reader.flaw();
  }

  private void grow() {
    if (count == nameIds.length) {
      int size = count * 2;
      nameIds = Arrays.copyOf(nameIds, size);
      nameHashes = Arrays.copyOf(nameHashes, size);
      hashes = Arrays.copyOf(hashes, size);
      tokens = Arrays.copyOf(tokens, size);
      escaped = Arrays.copyOf(escaped, size);
      spans = Arrays.copyOf(spans, size * 3);
    }
  }

  byte[] bytes() {
    return buf;
  }

  int count() {
    return count;
  }

  /// The id of the member's name ([DataName]), or -1.
  int nameId(int at) {
    return nameIds[at];
  }

  Token token(int at) {
    return tokens[at];
  }

  boolean escaped(int at) {
    return escaped[at];
  }

  int valueFrom(int at) {
    return spans[at * 3 + 1];
  }

  int valueTo(int at) {
    return spans[at * 3 + 2];
  }

  /// The name as it stands in the source, for a message.
  String name(int at) {
    int from = spans[at * 3] + 1;
    int to = from;
    while (buf[to] != '"') {
      to += buf[to] == '\\' ? 2 : 1;
    }
    return new String(buf, from, to - from, UTF_8);
  }

  /// The place of a member by its name's id, or -1.
  int find(int nameId) {
    for (int i = 0; i < count; i++) {
      if (nameIds[i] == nameId) {
        return i;
      }
    }
    return -1;
  }

  private boolean isPersonal(int at) {
    int id = nameIds[at];
    return id == DataName.TITLE.id() || id == DataName.TEXT.id() || id == DataName.CONTACT.id();
  }

  private boolean anyPersonal() {
    for (int i = 0; i < count; i++) {
      if (isPersonal(i)) {
        return true;
      }
    }
    return false;
  }

  /// The hash of the object without regard to the order of its members.
  long hash(boolean withoutPersonal) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      if (!(withoutPersonal && isPersonal(i))) {
        sum += hashes[i];
      }
    }
    return sum;
  }

  /// The object as compact JSON in the sender's order.
  String json(boolean withoutPersonal, ByteSink sink) {
    if (count == 0) {
      return "{}";
    }
    if (spaced || (withoutPersonal && anyPersonal())) {
      String json = selected(!withoutPersonal, true, sink);
      return json == null ? "{}" : json;
    }
    return new String(buf, objectFrom, objectTo - objectFrom, nonAscii ? UTF_8 : ISO_8859_1);
  }

  /// The personal members that say something, as compact JSON; null when there are none.
  @Nullable String personalJson(ByteSink sink) {
    return anyPersonal() ? selected(true, false, sink) : null;
  }

  private @Nullable String selected(boolean personal, boolean others, ByteSink sink) {
    sink.clear();
    for (int i = 0; i < count; i++) {
      boolean taken = isPersonal(i) ? personal && (others || tokens[i] != Token.NULL) : others;
      if (taken) {
        sink.put(sink.length() == 0 ? '{' : ',');
        sink.putCompact(buf, spans[i * 3], spans[i * 3 + 2]);
      }
    }
    if (sink.length() == 0) {
      return null;
    }
    sink.put('}');
    return sink.text();
  }
}
