package vn.truc.event;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import vn.truc.event.Rejection.Reason;

/// The CloudEvents 1.0 codec of the door: bytes in, a record or a named refusal out, never an
/// exception. It reads each event once, without a tree.
///
/// A codec keeps scratch space and shares the texts that come again; use one per thread.
///
/// Of several faults the answer names one: first what keeps the bytes from being JSON, then members
/// in the order they stand, then the attributes in the order specversion, id, source, type,
/// datacontenttype, subject, time, sequence, and then the data.
public final class EventCodec {
  private static final long SECOND = 1_000_000L;

  private final CodecLimits limits;
  private final Envelope envelope = new Envelope();
  private final TextCache texts = new TextCache();
  private final ByteSink sink = new ByteSink();
  private final DataMembers members;
  private final EnvelopeReader structured;
  private final HeaderReader headers;
  private final DataDecoder data;

  /// The source checked last: most events of a request share it.
  private @Nullable String soundSource;

  public EventCodec(CodecLimits limits) {
    this.limits = limits;
    members = new DataMembers(limits.membersMax());
    structured = new EnvelopeReader(limits, envelope, members, texts);
    headers = new HeaderReader(limits, envelope);
    data = new DataDecoder(limits, true, members, texts);
  }

  /// Decodes one event in structured mode from a range of bytes, which are not kept.
  ///
  /// @param index its place in the request, from 0
  public Decoded decode(byte[] buf, int from, int to, long index, DecodeContext context) {
    envelope.clear();
    int begin = from;
    if (to - from >= 3
        && buf[from] == (byte) 0xEF
        && buf[from + 1] == (byte) 0xBB
        && buf[from + 2] == (byte) 0xBF) {
      begin += 3;
    }
    structured.read(buf, begin, to);
    if (to - from > limits.factBytesMax()) {
      Flaw flaw = envelope.flaw;
      return flaw != null && !flaw.json() ? refused(flaw, index) : overLimit(index);
    }
    return finish(index, context);
  }

  /// Decodes one event in binary mode.
  ///
  /// @param headers all headers of the request; those that begin with `ce-` count
  /// @param contentType the `Content-Type` header, or empty
  public Decoded decodeBinary(
      Iterable<Map.Entry<String, String>> headers,
      Optional<String> contentType,
      byte[] body,
      long index,
      DecodeContext context) {
    envelope.clear();
    members.clear();
    this.headers.read(headers);
    contentType.ifPresent(type -> envelope.dataContentType = type);
    if (body.length > limits.factBytesMax()) {
      return overLimit(index);
    }
    if (body.length > 0 && contentType.map(type -> MediaType.of(type).isJson()).orElse(true)) {
      Flaw flaw = structured.object(body, 0, body.length);
      if (flaw != null && !flaw.json()) {
        envelope.flaw = flaw;
      } else if (flaw != null) {
        envelope.fail(flaw);
      }
    }
    return finish(index, context);
  }

  /// The refusal of an event that is larger than the limit, without reading it.
  public Decoded tooLarge(long index) {
    envelope.clear();
    return overLimit(index);
  }

  private Decoded overLimit(long index) {
    return refused(
        Flaw.of(
            Reason.FACT_TOO_LARGE,
            "",
            "larger than the limit of " + limits.factBytesMax() + " bytes"),
        index);
  }

  private Decoded finish(long index, DecodeContext context) {
    Flaw flaw = envelope.flaw;
    if (flaw == null) {
      flaw = identityFlaw();
    }
    String label = envelope.type;
    FactType type = label == null ? null : FactType.of(label).orElse(null);
    if (flaw == null) {
      flaw = typeFlaw(label, type);
    }
    if (flaw != null || label == null || type == null) {
      return refused(flaw == null ? Flaw.missing("type") : flaw, index);
    }
    flaw = subjectFlaw(type);
    OptionalLong time = OptionalLong.empty();
    if (flaw == null) {
      flaw = timeFlaw(type, context);
      time = OptionalLong.of(envelope.time == null ? context.nowMicros() : envelope.timeMicros);
    }
    if (flaw == null) {
      flaw = sequenceFlaw();
    }
    return flaw != null
        ? refused(flaw, index)
        : record(type, time.orElse(context.nowMicros()), index, context);
  }

  private Decoded record(FactType type, long timeMicros, long index, DecodeContext context) {
    Event event = data.decode(type, envelope.subject, timeMicros, context.nowMicros());
    if (event == null) {
      return refused(data.flaw(), index);
    }
    String id = envelope.id;
    String source = envelope.source;
    if (id == null || source == null) {
      return refused(Flaw.missing("id"), index);
    }
    String extensions = envelope.extensionsJson();
    LogRecord record =
        new LogRecord(
            0,
            LogRecord.SCHEMA,
            type.label(),
            source,
            id,
            envelope.subject,
            timeMicros,
            envelope.sequence,
            context.nowMicros(),
            context.keyId(),
            null,
            members.json(type, sink),
            event);
    return type.ofCase()
        ? new Decoded.Accepted(
            index,
            record,
            Optional.ofNullable(members.besideJson(type, extensions, sink)),
            withMisplaced(members.unknownNames(type)))
        : new Decoded.Accepted(index, record, Optional.empty(), dropped(type));
  }

  /// Members that stand beside `data` and not in it are extensions, and say nothing.
  private List<String> withMisplaced(List<String> unknown) {
    List<String> names = unknown;
    for (String name : envelope.extensionNames) {
      if (DataName.isName(name)) {
        names = names.isEmpty() ? new ArrayList<>() : names;
        names.add(Envelope.shown(name));
      }
    }
    return names;
  }

  /// What a fact without a case brings and its type does not know: nothing could ever erase it.
  private List<String> dropped(FactType type) {
    List<String> unknown = members.unknownNames(type);
    if (envelope.extensionNames.isEmpty()) {
      return unknown;
    }
    List<String> dropped = new ArrayList<>(unknown);
    envelope.extensionNames.forEach(name -> dropped.add(Envelope.shown(name)));
    return dropped;
  }

  private @Nullable Flaw identityFlaw() {
    String version = envelope.specversion;
    if (version == null) {
      return Flaw.missing("specversion");
    }
    if (!version.equals("1.0")) {
      return Flaw.of(Reason.UNSUPPORTED_SPECVERSION, "specversion", "must be 1.0");
    }
    Flaw flaw = textFlaw("id", envelope.id, limits.idCharsMax());
    if (flaw != null) {
      return flaw;
    }
    String source = envelope.source;
    return source != null && source.equals(soundSource) ? null : sourceFlaw(source);
  }

  private @Nullable Flaw sourceFlaw(@Nullable String source) {
    Flaw flaw = textFlaw("source", source, limits.sourceCharsMax());
    if (flaw != null || source == null) {
      return flaw;
    }
    if (!SourcePath.isSound(source)) {
      return Flaw.invalid("source", "must be a URI reference without dot segments");
    }
    soundSource = source;
    return null;
  }

  private @Nullable Flaw typeFlaw(@Nullable String label, @Nullable FactType type) {
    if (label == null) {
      return Flaw.missing("type");
    }
    if (label.isBlank()) {
      return Flaw.empty("type");
    }
    if (label.startsWith(EventTypes.INTERNAL_PREFIX)) {
      return Flaw.of(Reason.RESERVED_TYPE, "type", "vn.truc.* is this server's own");
    }
    if (type == null) {
      return Flaw.of(Reason.UNKNOWN_TYPE, "type", "no such type of fact");
    }
    String contentType = envelope.dataContentType;
    return contentType == null || MediaType.of(contentType).isJson()
        ? null
        : Flaw.of(
            Reason.UNSUPPORTED_DATACONTENTTYPE, "datacontenttype", "must be application/json");
  }

  private @Nullable Flaw subjectFlaw(FactType type) {
    String subject = CaseCode.normalOrAbsent(envelope.subject);
    envelope.subject = subject;
    if (type.ofCase() && subject != null && (subject.equals(".") || subject.equals(".."))) {
      return Flaw.invalid("subject", "must be no dot segment: nobody could ask for such a case");
    }
    return subject == null && !type.ofCase()
        ? null
        : textFlaw("subject", subject, limits.subjectCharsMax());
  }

  private static @Nullable Flaw textFlaw(String field, @Nullable String text, int charsMax) {
    if (text == null) {
      return Flaw.missing(field);
    }
    if (text.isBlank()) {
      return Flaw.empty(field);
    }
    if (text.length() > charsMax) {
      return Flaw.tooLong(field, charsMax);
    }
    return Envelope.holdsControls(text) ? Flaw.invalid(field, "holds control characters") : null;
  }

  private @Nullable Flaw timeFlaw(FactType type, DecodeContext context) {
    if (envelope.time == null) {
      return type.ofCase() ? Flaw.missing("time") : null;
    }
    long time = envelope.timeMicros;
    if (time == Rfc3339.INVALID) {
      return Flaw.of(
          Reason.INVALID_TIME,
          "time",
          "must be RFC 3339 with an offset, to the second or finer, on a day and hour that exist");
    }
    if (time > context.nowMicros() + limits.futureToleranceSeconds() * SECOND) {
      return Flaw.of(
          Reason.TIME_IN_FUTURE,
          "time",
          "more than " + limits.futureToleranceSeconds() + " s ahead of this server's clock");
    }
    return time < Rfc3339.YEAR_2000
        ? Flaw.of(Reason.TIME_TOO_OLD, "time", "before 2000-01-01T00:00:00Z")
        : null;
  }

  private @Nullable Flaw sequenceFlaw() {
    return envelope.sequence == null
        ? null
        : textFlaw("sequence", envelope.sequence, limits.idCharsMax());
  }

  private Decoded refused(Flaw flaw, long index) {
    String id = envelope.id;
    boolean shown = id != null && !id.isBlank() && id.length() <= limits.idCharsMax();
    return new Decoded.Refused(
        new Rejection(
            index,
            shown ? Optional.ofNullable(id) : Optional.empty(),
            flaw.reason(),
            Envelope.shown(flaw.field()),
            flaw.message()),
        flaw.json());
  }
}
