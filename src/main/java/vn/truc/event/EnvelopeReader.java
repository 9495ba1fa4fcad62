package vn.truc.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vn.truc.event.JsonReader.Token;

/// Reads one event in structured mode (CloudEvents JSON format) into an [Envelope] and
/// [DataMembers].
final class EnvelopeReader {
  private static final List<String> LABELS =
      List.of(
          "specversion",
          "id",
          "source",
          "type",
          "subject",
          "time",
          "sequence",
          "datacontenttype",
          "data",
          "data_base64");
  private static final NameTable NAMES = new NameTable(LABELS);
  private static final int TIME = 5;
  private static final int SEQUENCE = 6;
  private static final int DATA = 8;
  private static final int DATA_BASE64 = 9;
  private static final byte[] JSON = "application/json".getBytes(UTF_8);
  private static final String VERSION = "1.0";

  private final CodecLimits limits;
  private final Envelope envelope;
  private final DataMembers members;
  private final TextCache texts;
  private final JsonReader reader;
  private final JsonReader inner;
  private long[] others = new long[8];

  EnvelopeReader(CodecLimits limits, Envelope envelope, DataMembers members, TextCache texts) {
    this.limits = limits;
    this.envelope = envelope;
    this.members = members;
    this.texts = texts;
    this.reader = new JsonReader(limits.depthMax(), limits.membersMax());
    this.inner = new JsonReader(limits.depthMax(), limits.membersMax());
  }

  /// Reads the event; what is wrong with it goes to the envelope, where a fault of the text itself
  /// wins over one of its meaning.
  void read(byte[] buf, int from, int to) {
    reader.reset(buf, from, to);
    Token first = reader.value();
    if (first != Token.OBJECT) {
      reader.skipRest(first);
      reader.finish();
      Flaw syntax = reader.flaw();
      envelope.fail(
          syntax != null
              ? syntax
              : Flaw.of(Rejection.Reason.MALFORMED_JSON, "", "an event must be a JSON object"));
      return;
    }
    readMembers(buf);
    reader.finish();
    Flaw syntax = reader.flaw();
    if (syntax != null && (!syntax.json() || envelope.flaw == null)) {
      envelope.flaw = syntax;
    }
  }

  private void readMembers(byte[] buf) {
    members.clear();
    int seen = 0;
    int otherCount = 0;
    while (reader.member()) {
      long hash = reader.textHash();
      int name = NAMES.find(reader.textBytes(), reader.textFrom(), reader.textTo(), hash);
      if (name < 0) {
        if (isKnown(hash, otherCount)) {
          duplicate(reader.text());
        }
        if (otherCount == limits.membersMax()) {
          envelope.fail(Flaw.of(Rejection.Reason.TOO_LONG, "", "too many members"));
          reader.skipRest(reader.value());
          continue;
        }
        if (otherCount == others.length) {
          others = Arrays.copyOf(others, otherCount * 2);
        }
        others[otherCount++] = hash;
        extension(buf, reader.text());
        continue;
      }
      if ((seen & 1 << name) != 0) {
        duplicate(LABELS.get(name));
      }
      seen |= 1 << name;
      switch (name) {
        case DATA -> data(buf, (seen & 1 << DATA_BASE64) != 0);
        case DATA_BASE64 -> dataBase64((seen & 1 << DATA) != 0);
        default -> attribute(name);
      }
    }
  }

  private boolean isKnown(long hash, int otherCount) {
    for (int i = 0; i < otherCount; i++) {
      if (others[i] == hash) {
        return true;
      }
    }
    return false;
  }

  private void duplicate(String name) {
    envelope.fail(
        Flaw.of(Rejection.Reason.DUPLICATE_KEY, Envelope.shown(name), "the member stands twice"));
  }

  private void attribute(int name) {
    Token token = reader.value();
    if (token == Token.NULL) {
      return;
    }
    if (token == Token.NUMBER && name == SEQUENCE && reader.number().isWhole()) {
      envelope.sequence = Long.toString(reader.number().whole());
      return;
    }
    if (token != Token.STRING) {
      reader.skipRest(token);
      if (reader.flaw() == null) {
        envelope.fail(Flaw.invalid(LABELS.get(name), "must be a text"));
      }
      return;
    }
    byte[] text = reader.textBytes();
    int from = reader.textFrom();
    int to = reader.textTo();
    switch (name) {
      case 0 ->
          envelope.specversion =
              to - from == 3 && text[from] == '1' && text[from + 1] == '.' && text[from + 2] == '0'
                  ? VERSION
                  : reader.text();
      case 1 -> envelope.id = reader.text();
      case 2 -> envelope.source = texts.text(text, from, to);
      case 3 -> envelope.type = texts.text(text, from, to);
      case 4 -> envelope.subject = reader.text();
      case TIME -> {
        envelope.timeMicros = Rfc3339.parse(text, from, to);
        envelope.time = "";
      }
      case SEQUENCE -> envelope.sequence = reader.text();
      default -> {
        if (!Arrays.equals(text, from, to, JSON, 0, JSON.length)) {
          envelope.dataContentType = reader.text();
        }
      }
    }
  }

  private void data(byte[] buf, boolean alsoBase64) {
    Token token = reader.value();
    if (token == Token.NULL) {
      return;
    }
    if (alsoBase64) {
      envelope.fail(Flaw.invalid("data", "stands beside data_base64"));
    }
    if (token != Token.OBJECT) {
      reader.skipRest(token);
      if (reader.flaw() == null) {
        envelope.fail(Flaw.invalid("data", "must be an object"));
      }
      return;
    }
    Flaw flaw = members.read(reader, buf);
    if (flaw != null) {
      dataFlaw(flaw);
    }
  }

  /// A flaw of meaning (a member twice) stops the members early; the rest of the text is still
  /// checked, as a text that is no JSON is answered otherwise.
  private void dataFlaw(Flaw flaw) {
    if (flaw.json()) {
      envelope.fail(flaw);
    }
    if (reader.flaw() == null) {
      reader.skipRest(reader.value());
      while (reader.member()) {
        reader.skipRest(reader.value());
      }
    }
  }

  private void dataBase64(boolean alsoData) {
    Token token = reader.value();
    if (token == Token.NULL) {
      return;
    }
    if (alsoData) {
      envelope.fail(Flaw.invalid("data_base64", "stands beside data"));
    }
    if (token != Token.STRING) {
      reader.skipRest(token);
      envelope.fail(Flaw.invalid("data_base64", "must be a text"));
      return;
    }
    byte[] decoded;
    try {
      decoded =
          Base64.getDecoder()
              .decode(Arrays.copyOfRange(reader.textBytes(), reader.textFrom(), reader.textTo()));
    } catch (IllegalArgumentException _) {
      envelope.fail(Flaw.invalid("data_base64", "not base64"));
      return;
    }
    Flaw flaw = object(decoded, 0, decoded.length);
    if (flaw != null) {
      envelope.fail(
          flaw.json() ? flaw : Flaw.invalid("data_base64", "not JSON: " + flaw.message()));
    }
  }

  /// Reads a whole text as the data object.
  @Nullable Flaw object(byte[] buf, int from, int to) {
    inner.reset(buf, from, to);
    Token token = inner.value();
    if (token != Token.OBJECT) {
      inner.skipRest(token);
      inner.finish();
      Flaw syntax = inner.flaw();
      return syntax != null ? syntax : Flaw.invalid("data", "must be an object");
    }
    Flaw flaw = members.read(inner, buf);
    if (flaw == null) {
      inner.finish();
      flaw = inner.flaw();
    }
    return flaw;
  }

  private void extension(byte[] buf, String name) {
    boolean sound = Envelope.isAttributeName(name);
    if (!sound) {
      envelope.fail(
          Flaw.invalid(Envelope.shown(name), "attribute names are lower-case letters and digits"));
    }
    Token token = reader.value();
    boolean fits =
        switch (token) {
          case STRING -> fits(name, reader.text());
          case TRUE, FALSE -> true;
          case NUMBER ->
              reader.number().isWhole() && reader.number().whole() == (int) reader.number().whole();
          case NULL -> true;
          case OBJECT, ARRAY, FAULT -> false;
        };
    int valueFrom = reader.valueFrom();
    reader.skipRest(token);
    if (reader.flaw() != null || token == Token.NULL || !sound) {
      return;
    }
    if (!fits) {
      envelope.fail(
          Flaw.invalid(Envelope.shown(name), "must be a text, a boolean or a 32-bit integer"));
      return;
    }
    envelope.extension(name).put(buf, valueFrom, reader.position());
  }

  private boolean fits(String name, String text) {
    if (text.length() > limits.textCharsMax()) {
      envelope.fail(Flaw.tooLong(Envelope.shown(name), limits.textCharsMax()));
    }
    return !Envelope.holdsControls(text);
  }
}
