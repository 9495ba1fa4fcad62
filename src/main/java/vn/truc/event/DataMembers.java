package vn.truc.event;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vn.truc.event.JsonReader.Token;

/// The members of one data object as spans and hashes, read before the type is known. Reusable.
final class DataMembers {
  /// Under which name extensions stand beside a record. No member of data is dropped for it: where
  /// one has this name too, both stand there.
  static final String EXTENSIONS = "$extensions";

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

  /// Whether all members are part of a type's contract.
  boolean all(FactType type) {
    for (int i = 0; i < count; i++) {
      if (!type.knows(nameIds[i])) {
        return false;
      }
    }
    return true;
  }

  /// The hash of the members of a type's contract, without regard to their order.
  long hash(FactType type) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      if (type.knows(nameIds[i])) {
        sum += hashes[i];
      }
    }
    return sum;
  }

  /// The members of a type's contract as compact JSON in the sender's order.
  String json(FactType type, ByteSink sink) {
    if (count == 0) {
      return "{}";
    }
    if (!spaced && all(type)) {
      return new String(buf, objectFrom, objectTo - objectFrom, nonAscii ? UTF_8 : ISO_8859_1);
    }
    sink.clear();
    for (int i = 0; i < count; i++) {
      if (type.knows(nameIds[i])) {
        member(i, sink);
      }
    }
    return sink.length() == 0 ? "{}" : ended(sink);
  }

  /// What stands beside the record: the members that are not in it and say something, and the
  /// extensions, as compact JSON; null when there is nothing.
  ///
  /// @param extensions a JSON object, or null
  @Nullable String besideJson(FactType type, @Nullable String extensions, ByteSink sink) {
    if (extensions == null && all(type)) {
      return null;
    }
    sink.clear();
    for (int i = 0; i < count; i++) {
      if (!type.knows(nameIds[i]) && tokens[i] != Token.NULL) {
        member(i, sink);
      }
    }
    if (extensions != null) {
      sink.put(sink.length() == 0 ? '{' : ',');
      sink.putQuoted(EXTENSIONS);
      sink.put(':');
      byte[] object = extensions.getBytes(UTF_8);
      sink.put(object, 0, object.length);
    }
    return sink.length() == 0 ? null : ended(sink);
  }

  /// These members and those of another object whose names are not among them, as compact JSON.
  String jsonWith(DataMembers others, ByteSink sink) {
    sink.clear();
    for (int i = 0; i < count; i++) {
      member(i, sink);
    }
    for (int i = 0; i < others.count; i++) {
      if (!has(others.nameHashes[i])) {
        others.member(i, sink);
      }
    }
    return sink.length() == 0 ? "{}" : ended(sink);
  }

  private boolean has(long nameHash) {
    for (int i = 0; i < count; i++) {
      if (nameHashes[i] == nameHash) {
        return true;
      }
    }
    return false;
  }

  private void member(int at, ByteSink sink) {
    sink.put(sink.length() == 0 ? '{' : ',');
    sink.putCompact(buf, spans[at * 3], spans[at * 3 + 2]);
  }

  private static String ended(ByteSink sink) {
    sink.put('}');
    return sink.text();
  }

  /// The names of the members a type does not know, as they may be shown: those that are not part
  /// of its contract, nor one of the personal members of a case.
  List<String> unknownNames(FactType type) {
    List<String> names = List.of();
    for (int i = 0; i < count; i++) {
      if (!type.knows(nameIds[i]) && !(type.ofCase() && DataName.isPersonal(nameIds[i]))) {
        names = names.isEmpty() ? new ArrayList<>() : names;
        names.add(Envelope.shown(name(i)));
      }
    }
    return names;
  }
}
