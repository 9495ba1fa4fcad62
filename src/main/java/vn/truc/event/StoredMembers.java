package vn.truc.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Objects;
import java.util.Optional;
import vn.truc.event.JsonReader.Token;

/// Takes out of the records of older versions what no record holds any more: members their types do
/// not know, and extensions.
public final class StoredMembers {
  private final JsonReader reader;
  private final DataMembers members;
  private final DataMembers moved;
  private final ByteSink sink = new ByteSink();

  /// One for each thread.
  public StoredMembers() {
    CodecLimits limits = CodecLimits.none();
    reader = new JsonReader(limits.depthMax(), limits.membersMax());
    members = new DataMembers(limits.membersMax());
    moved = new DataMembers(limits.membersMax());
  }

  /// A record as it is to stand, and what was in it.
  ///
  /// @param record the same fact with the members its type knows alone
  /// @param beside what is to lie beside it, as one JSON object; empty where its fact is about no
  /// case, and what it brought is dropped
  public record Parted(LogRecord record, Optional<String> beside) {
    public Parted {
      Objects.requireNonNull(record, "record");
      Objects.requireNonNull(beside, "beside");
    }
  }

  /// Parts a record; empty where it stands as it should, and for records of this house.
  ///
  /// @throws UnreadableRecordException when its type or its data cannot be read
  public Optional<Parted> part(LogRecord record) {
    if (record.type().startsWith(EventTypes.INTERNAL_PREFIX)) {
      return Optional.empty();
    }
    FactType type =
        FactType.of(record.type())
            .orElseThrow(() -> unreadable(record, "unknown type " + record.type()));
    byte[] bytes = record.data().getBytes(UTF_8);
    reader.reset(bytes, 0, bytes.length);
    if (reader.value() != Token.OBJECT || members.read(reader, bytes) != null) {
      throw unreadable(record, "its data is no object");
    }
    if (record.extensions().isEmpty() && members.all(type)) {
      return Optional.empty();
    }
    Optional<String> beside =
        type.ofCase()
            ? Optional.ofNullable(members.besideJson(type, record.extensions().orElse(null), sink))
            : Optional.empty();
    return Optional.of(new Parted(record.with(members.json(type, sink)), beside));
  }

  /// What lies beside a record already, and what is to lie there too, as one object. A member that
  /// both have is taken once, as it lies there.
  ///
  /// @throws UnreadableRecordException when one of them is no object
  public String together(String lying, String more) {
    read(members, lying);
    read(moved, more);
    return members.jsonWith(moved, sink);
  }

  private void read(DataMembers into, String object) {
    byte[] bytes = object.getBytes(UTF_8);
    reader.reset(bytes, 0, bytes.length);
    if (reader.value() != Token.OBJECT || into.read(reader, bytes) != null) {
      throw new UnreadableRecordException("personal fields are no object");
    }
  }

  private static UnreadableRecordException unreadable(LogRecord record, String why) {
    return new UnreadableRecordException("position " + record.position() + ": " + why);
  }
}
