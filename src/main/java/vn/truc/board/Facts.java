package vn.truc.board;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import vn.truc.event.Attribute;
import vn.truc.event.CaseKind;
import vn.truc.event.Event.CaseFact;

/// Reads one case's history, fact by fact in their order. A case is one array of bytes:
///
/// ```
/// case  := kind:1 code:text facts:var fact*
/// fact  := length:var body                      length of the body in bytes
/// body  := time:8 form|sequence?:1 status:1 [sequence:text] source:word id:text hash:8
///          attributes:var attribute* position:var
/// attribute := ordinal|cleared?:1 [value]       code: word, other texts: text
///                                               instant: signed var against the fact's time
///                                               number: 8, flag: 1
/// word  := dictionary number + 1:var            or 0 and the text itself
/// ```
///
/// One reader is reused for many cases; it holds no case of its own.
final class Facts {
  static final int SEQUENCE_BIT = 0x04;
  static final int CLEARED_BIT = 0x80;

  /// Codes, which recur and so are kept in the dictionary; other texts vary from case to case and
  /// stand in the history.
  private static final long CODES =
      bits(
          Attribute.AGENCY,
          Attribute.AREA,
          Attribute.FIELD,
          Attribute.CHANNEL,
          Attribute.APPLICANT,
          Attribute.PROCEDURE,
          Attribute.PROCEDURE_VERSION,
          Attribute.RETURN_BY,
          Attribute.FEEDBACK_CLASS,
          Attribute.URGENCY);

  private byte[] bytes = new byte[0];
  private int at;
  private int left;

  private int kind;
  private int codeStart;
  private int codeEnd;
  private int factsStart;
  private int count;

  private int entryStart;
  private int bodyEnd;
  private long time;
  private int form;
  private int status;
  private int sequenceStart;
  private int sequenceEnd;
  private int source;
  private int sourceStart;
  private int sourceEnd;
  private int idStart;
  private int idEnd;
  private long hash;
  private int attributesAt;

  /// Where the text read last begins.
  private int textStart;

  static boolean isCode(Attribute attribute) {
    return (CODES >>> attribute.ordinal() & 1) != 0;
  }

  private static long bits(Attribute... attributes) {
    long bits = 0;
    for (Attribute attribute : attributes) {
      bits |= 1L << attribute.ordinal();
    }
    return bits;
  }

  /// Turns to a case; [#next()] then gives its facts.
  Facts of(byte[] history) {
    bytes = history;
    at = 0;
    kind = history[at++];
    int length = (int) var();
    codeStart = at;
    codeEnd = at + length;
    at = codeEnd;
    count = (int) var();
    left = count;
    factsStart = at;
    return this;
  }

  /// Turns to the last fact of a case alone, of which is known where it begins.
  Facts lastOf(byte[] history, int lastFact) {
    of(history);
    at = lastFact;
    left = 1;
    return this;
  }

  CaseKind kind() {
    return kind == 0 ? CaseKind.DOSSIER : CaseKind.FEEDBACK;
  }

  int count() {
    return count;
  }

  /// Offset of the first fact.
  int factsStart() {
    return factsStart;
  }

  String code() {
    return new String(bytes, codeStart, codeEnd - codeStart, StandardCharsets.UTF_8);
  }

  boolean codeEquals(byte[] other, int length) {
    return Arrays.equals(bytes, codeStart, codeEnd, other, 0, length);
  }

  int compareCode(byte[] other) {
    return Arrays.compareUnsigned(bytes, codeStart, codeEnd, other, 0, other.length);
  }

  /// The code as UTF-8.
  byte[] codeBytes() {
    return Arrays.copyOfRange(bytes, codeStart, codeEnd);
  }

  long codeHash() {
    return Mix.hash(bytes, codeStart, codeEnd);
  }

  /// Steps to the next fact; false behind the last.
  boolean next() {
    if (left == 0) {
      return false;
    }
    left--;
    entryStart = at;
    int length = (int) var();
    bodyEnd = at + length;
    time = Bytes.getLong(bytes, at);
    at += 8;
    int flags = bytes[at++];
    form = flags & 0x03;
    status = bytes[at++] & 0xFF;
    if ((flags & SEQUENCE_BIT) == 0) {
      sequenceStart = -1;
      sequenceEnd = -1;
    } else {
      int sequenceLength = (int) var();
      sequenceStart = at;
      sequenceEnd = at + sequenceLength;
      at = sequenceEnd;
    }
    source = word();
    sourceStart = textStart;
    sourceEnd = at;
    int idLength = (int) var();
    idStart = at;
    idEnd = at + idLength;
    at = idEnd;
    hash = Bytes.getLong(bytes, at);
    attributesAt = at + 8;
    at = bodyEnd;
    return true;
  }

  /// Turns to one fact of the present case, of which is known where it begins.
  void standAt(int start) {
    at = start;
    left = 1;
    boolean _ = next();
  }

  int entryStart() {
    return entryStart;
  }

  int entryEnd() {
    return bodyEnd;
  }

  long time() {
    return time;
  }

  CaseFact.Form form() {
    return switch (form) {
      case 0 -> CaseFact.Form.STATUS;
      case 1 -> CaseFact.Form.RATED;
      default -> CaseFact.Form.VOIDED;
    };
  }

  boolean isStatus() {
    return form == 0;
  }

  boolean isRating() {
    return form == 1;
  }

  int status() {
    return status;
  }

  int rank() {
    return status == CaseFact.NO_STATUS ? CaseFact.UNKNOWN_STATUS : status;
  }

  boolean hasSequence() {
    return sequenceStart >= 0;
  }

  byte[] sequence() {
    return Arrays.copyOfRange(bytes, sequenceStart, sequenceEnd);
  }

  /// Whether the fact came from a source.
  ///
  /// @param id the source's number, or [Dictionary#OUTSIDE]
  /// @param utf8 its text
  boolean sourceIs(int id, byte[] utf8) {
    return source == Dictionary.OUTSIDE
        ? Arrays.equals(bytes, sourceStart, sourceEnd, utf8, 0, utf8.length)
        : source == id;
  }

  String source(Dictionary dictionary) {
    return source == Dictionary.OUTSIDE
        ? new String(bytes, sourceStart, sourceEnd - sourceStart, StandardCharsets.UTF_8)
        : dictionary.text(source);
  }

  /// Whether the fact has an id. Ids of one sender begin alike and end in a number, so the last
  /// byte tells most apart.
  boolean idEquals(byte[] id, int length) {
    return idEnd - idStart == length
        && (length == 0 || bytes[idEnd - 1] == id[length - 1])
        && Arrays.equals(bytes, idStart, idEnd, id, 0, length);
  }

  int compareId(byte[] id, int from, int to) {
    return Arrays.compareUnsigned(bytes, idStart, idEnd, id, from, to);
  }

  String id() {
    return new String(bytes, idStart, idEnd - idStart, StandardCharsets.UTF_8);
  }

  long contentHash() {
    return hash;
  }

  /// The share of the present fact in the running state sum: the same whatever its position and
  /// whichever node it is on.
  long stateHash(Dictionary dictionary) {
    long ofSource =
        source == Dictionary.OUTSIDE
            ? Mix.hash(bytes, sourceStart, sourceEnd)
            : dictionary.hash(source);
    long h = Mix.combine(hash, ofSource);
    h = Mix.combine(h, Mix.hash(bytes, idStart, idEnd));
    if (sequenceStart >= 0) {
      h = Mix.combine(h, Mix.hash(bytes, sequenceStart, sequenceEnd));
    }
    return h;
  }

  long position() {
    int keep = at;
    at = attributesAt;
    int attributes = (int) var();
    for (int i = 0; i < attributes; i++) {
      skipAttribute();
    }
    long position = var();
    at = keep;
    return position;
  }

  /// Hands each attribute of the present fact to a sink.
  void attributes(AttributeSink sink) {
    int keep = at;
    at = attributesAt;
    int attributes = (int) var();
    for (int i = 0; i < attributes; i++) {
      int head = bytes[at++];
      Attribute attribute = Attribute.at(head & 0x7F);
      if ((head & CLEARED_BIT) != 0) {
        sink.cleared(attribute);
        continue;
      }
      switch (attribute.form()) {
        case TEXT, TEXT_LIST -> {
          int id = isCode(attribute) ? word() : inline();
          if (id == Dictionary.OUTSIDE) {
            sink.inlineText(attribute, bytes, textStart, at);
          } else {
            sink.text(attribute, id);
          }
        }
        case INSTANT, DEADLINE -> sink.instant(attribute, time + signed());
        case NUMBER -> {
          sink.number(attribute, Double.longBitsToDouble(Bytes.getLong(bytes, at)));
          at += 8;
        }
        case FLAG -> sink.flag(attribute, bytes[at++] != 0);
      }
    }
    at = keep;
  }

  private void skipAttribute() {
    int head = bytes[at++];
    if ((head & CLEARED_BIT) != 0) {
      return;
    }
    Attribute attribute = Attribute.at(head & 0x7F);
    switch (attribute.form()) {
      case TEXT, TEXT_LIST -> {
        int _ = isCode(attribute) ? word() : inline();
      }
      case INSTANT, DEADLINE -> {
        long _ = var();
      }
      case NUMBER -> at += 8;
      case FLAG -> at += 1;
    }
  }

  /// A dictionary number; or [Dictionary#OUTSIDE] for a text, which then stands between `textStart`
  /// and where the reader is.
  private int word() {
    int number = (int) var();
    if (number > 0) {
      textStart = at;
      return number - 1;
    }
    return inline();
  }

  private int inline() {
    int length = (int) var();
    textStart = at;
    at += length;
    return Dictionary.OUTSIDE;
  }

  private long var() {
    long value = bytes[at++];
    if (value >= 0) {
      return value;
    }
    value &= 0x7F;
    int shift = 7;
    while (true) {
      long more = bytes[at++];
      value |= (more & 0x7F) << shift;
      if (more >= 0) {
        return value;
      }
      shift += 7;
    }
  }

  private long signed() {
    long value = var();
    return (value >>> 1) ^ -(value & 1);
  }

  /// Takes the attributes of one fact, each in its own form.
  interface AttributeSink {
    void cleared(Attribute attribute);

    void text(Attribute attribute, int dictionaryId);

    void inlineText(Attribute attribute, byte[] bytes, int from, int to);

    void instant(Attribute attribute, long micros);

    void number(Attribute attribute, double value);

    void flag(Attribute attribute, boolean value);
  }
}
