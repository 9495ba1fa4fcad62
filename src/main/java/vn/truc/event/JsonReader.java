package vn.truc.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Strict pull reader of one JSON text (RFC 8259) in a range of bytes: no tree, no garbage while
/// the text is sound. It validates UTF-8 as it goes (overlong forms and surrogates are refused),
/// refuses lone surrogate escapes, and knows the byte span and the content hash of every value.
///
/// Faults stick: after the first, every call reports the end or [Token#FAULT] and [#flaw()] tells
/// why. Reusable by [#reset]; not for two threads.
final class JsonReader {
  /// What stands at the reader's place.
  enum Token {
    STRING,
    NUMBER,
    TRUE,
    FALSE,
    NULL,
    OBJECT,
    ARRAY,
    FAULT
  }

  private final int depthMax;
  private final int membersMax;
  private final JsonNumber number = new JsonNumber();
  private final JsonText text = new JsonText();
  private byte[] buf = new byte[0];
  private int pos;
  private int end;
  private int depth;

  /// Bit n: nothing was read yet in the container at depth n.
  private long fresh;

  private boolean spaced;
  private boolean nonAscii;
  private int memberFrom;
  private int valueFrom;

  private long[] nameHashes = new long[64];
  private int nameCount;
  private @Nullable Flaw flaw;

  JsonReader(int depthMax, int membersMax) {
    this.depthMax = depthMax;
    this.membersMax = membersMax;
  }

  void reset(byte[] bytes, int from, int to) {
    buf = bytes;
    pos = from;
    end = to;
    depth = 0;
    spaced = false;
    nonAscii = false;
    nameCount = 0;
    flaw = null;
  }

  /// The first fault met; null while there is none.
  @Nullable Flaw flaw() {
    return flaw;
  }

  int position() {
    return pos;
  }

  /// Where the last member's name begins (its quote).
  int memberFrom() {
    return memberFrom;
  }

  /// Where the last value begins.
  int valueFrom() {
    return valueFrom;
  }

  /// Whether white space stood between tokens since the last [#clearMarks()].
  boolean spaced() {
    return spaced;
  }

  /// Whether a character outside ASCII was met since the last [#clearMarks()].
  boolean nonAscii() {
    return nonAscii;
  }

  void clearMarks() {
    spaced = false;
    nonAscii = false;
  }

  byte[] textBytes() {
    return text.bytes();
  }

  int textFrom() {
    return text.from();
  }

  int textTo() {
    return text.to();
  }

  /// Whether the last text holds escapes, so that its bytes are not those of the source.
  boolean textEscaped() {
    return text.isEscaped();
  }

  /// The last name or string, decoded.
  String text() {
    return text.text();
  }

  long textHash() {
    return ContentHash.bytes(text.bytes(), text.from(), text.to());
  }

  /// The last number.
  JsonNumber number() {
    return number;
  }

  /// Whether nothing but white space is left; a fault when there is something.
  boolean finish() {
    if (flaw == null && skip() != -1) {
      malformed("something follows the JSON value");
    }
    return flaw == null;
  }

  /// Moves to the next member of the object: its name is then the text. False at the object's end
  /// and after a fault.
  boolean member() {
    if (flaw != null) {
      return false;
    }
    int next = skip();
    if (next == '}') {
      pos++;
      depth--;
      return false;
    }
    next = separated(next, '}');
    if (flaw != null) {
      return false;
    }
    if (next != '"') {
      return malformed("a member name was expected");
    }
    memberFrom = pos;
    if (!readText()) {
      return false;
    }
    if (skip() != ':') {
      return malformed("a colon was expected");
    }
    pos++;
    return true;
  }

  /// Moves to the next element of the array. False at its end and after a fault.
  boolean element() {
    if (flaw != null) {
      return false;
    }
    int next = skip();
    if (next == ']') {
      pos++;
      depth--;
      return false;
    }
    separated(next, ']');
    return flaw == null;
  }

  private int separated(int next, char close) {
    long bit = 1L << depth;
    if ((fresh & bit) != 0) {
      fresh &= ~bit;
      return next;
    }
    if (next != ',') {
      malformed(next == -1 ? "the text ends early" : "a comma or " + close + " was expected");
      return -1;
    }
    pos++;
    int after = skip();
    if (after == close) {
      malformed("a comma stands before " + close);
    }
    return after;
  }

  /// Reads the value that begins here; of an object or array only its opening.
  Token value() {
    if (flaw != null) {
      return Token.FAULT;
    }
    int next = skip();
    valueFrom = pos;
    return switch (next) {
      case '"' -> readText() ? Token.STRING : Token.FAULT;
      case '{' -> open(Token.OBJECT);
      case '[' -> open(Token.ARRAY);
      case 't' -> literal("true", Token.TRUE);
      case 'f' -> literal("false", Token.FALSE);
      case 'n' -> literal("null", Token.NULL);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> readNumber();
      case -1 -> malformedToken("the text ends early");
      default -> malformedToken("a value was expected");
    };
  }

  /// The content hash of the value whose token was just read; consumes the rest of it.
  long hash(Token token) {
    return switch (token) {
      case STRING -> ContentHash.pair(1, textHash());
      case NUMBER -> ContentHash.pair(2, number.hash());
      case TRUE -> ContentHash.mix(3);
      case FALSE -> ContentHash.mix(4);
      case NULL -> ContentHash.mix(5);
      case ARRAY -> arrayHash();
      case OBJECT -> objectHash();
      case FAULT -> 0;
    };
  }

  private long arrayHash() {
    long hash = 6;
    while (element()) {
      hash = ContentHash.pair(hash, hash(value()));
    }
    return ContentHash.mix(hash);
  }

  private long objectHash() {
    int base = nameCount;
    long sum = 7;
    while (member()) {
      long name = textHash();
      int nameFrom = memberFrom;
      if (!remember(base, name)) {
        fail(Flaw.of(Rejection.Reason.DUPLICATE_KEY, text(), "the member stands twice"));
        break;
      }
      sum += ContentHash.pair(name, hash(value()));
      Flaw inner = flaw;
      if (inner != null && inner.json()) {
        flaw = inner.below(nameAt(nameFrom));
      }
    }
    nameCount = base;
    return ContentHash.mix(sum);
  }

  /// The name whose quote stands there, as it stands in the source.
  private String nameAt(int quote) {
    int to = quote + 1;
    while (buf[to] != '"') {
      to += buf[to] == '\\' ? 2 : 1;
    }
    return new String(buf, quote + 1, to - quote - 1, UTF_8);
  }

  private boolean remember(int base, long name) {
    for (int i = base; i < nameCount; i++) {
      if (nameHashes[i] == name) {
        return false;
      }
    }
    if (nameCount - base >= membersMax) {
      fail(Flaw.of(Rejection.Reason.TOO_LONG, "", "more than " + membersMax + " members"));
      return true;
    }
    if (nameCount == nameHashes.length) {
      nameHashes = Arrays.copyOf(nameHashes, nameCount * 2);
    }
    nameHashes[nameCount++] = name;
    return true;
  }

  /// Consumes the rest of a value whose token was just read, checking it.
  void skipRest(Token token) {
    hash(token);
  }

  private Token open(Token token) {
    pos++;
    depth++;
    if (depth > depthMax) {
      fail(Flaw.invalid("", "nested deeper than " + depthMax + " levels"));
      return Token.FAULT;
    }
    fresh |= 1L << depth;
    return token;
  }

  private Token literal(String word, Token token) {
    if (end - pos < word.length()) {
      return malformedToken("the text ends early");
    }
    for (int i = 0; i < word.length(); i++) {
      if (buf[pos + i] != word.charAt(i)) {
        return malformedToken("a value was expected");
      }
    }
    pos += word.length();
    return token;
  }

  private Token readNumber() {
    int after = number.read(buf, pos, end);
    if (after < 0) {
      return malformedToken("not a number");
    }
    pos = after;
    return Token.NUMBER;
  }

  /// The next significant byte, or -1 at the end.
  private int skip() {
    while (pos < end) {
      int next = buf[pos];
      if (next != ' ' && next != '\n' && next != '\r' && next != '\t') {
        return next & 0xff;
      }
      spaced = true;
      pos++;
    }
    return -1;
  }

  /// Reads the text whose quote stands here.
  private boolean readText() {
    int after = text.read(buf, pos, end);
    if (after < 0) {
      return fail(text.flaw());
    }
    pos = after;
    nonAscii |= !text.isAscii();
    return true;
  }

  private Token malformedToken(String message) {
    malformed(message);
    return Token.FAULT;
  }

  private boolean malformed(String message) {
    return fail(new Flaw(Rejection.Reason.MALFORMED_JSON, "", message, false));
  }

  private boolean fail(Flaw found) {
    if (flaw == null) {
      flaw = found;
    }
    return false;
  }
}
