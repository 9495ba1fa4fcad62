package vn.truc.board;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import vn.truc.event.LogRecord;

/// Writes the board's state in chunks while the board goes on, and reads it back into a new one.
///
/// Order of writing: all chunks of [#CASES], each of what the histories are at that moment; then at
/// once [#REGISTERS], [#TEXTS] and [#CLOCK]. The cases hold the log up to the position at the
/// beginning and perhaps more; applying a fact twice changes nothing, so replay starts there.
/// Order of reading: [#CLOCK], [#TEXTS], [#CASES], [#REGISTERS].
public final class BoardSnapshot {
  public static final String CASES = "cases";
  public static final String REGISTERS = "registers";
  public static final String TEXTS = "texts";
  public static final String CLOCK = "clock";

  /// The version of all sections written today but the registers.
  public static final int VERSION = 1;

  /// The version of [#REGISTERS] written today: 2 brought the heartbeats. A section of version 1 is
  /// read as one without any.
  public static final int REGISTERS_VERSION = 2;

  /// About how large a chunk is.
  static final int CHUNK_BYTES = 1 << 20;

  /// What an entry of the registers begins with.
  private static final int IDENTITY = 0;

  private static final int RECORD = 1;
  private static final int FED = 2;
  private static final int HEARTBEAT = 3;

  private final CaseStore store;
  private final Registers registers;
  private final Tally tally;
  private final long position;
  private final int chunkBytes;
  private int next;

  BoardSnapshot(CaseStore store, Registers registers, Tally tally, long position, int chunkBytes) {
    this.store = store;
    this.registers = registers;
    this.tally = tally;
    this.position = position;
    this.chunkBytes = chunkBytes;
  }

  /// The folded position when writing began.
  public long position() {
    return position;
  }

  /// The next chunk of cases, at most about a mebibyte; empty when all are written.
  public Optional<byte[]> nextCases() {
    if (next >= store.size()) {
      return Optional.empty();
    }
    Bytes chunk = new Bytes(chunkBytes + 4096);
    while (next < store.size() && chunk.size() < chunkBytes) {
      byte[] history = store.history(next++);
      chunk.putVar(history.length);
      chunk.put(history, 0, history.length);
    }
    return Optional.of(chunk.toArray());
  }

  /// The texts the cases refer to; written after the last case.
  public byte[] texts() {
    Bytes chunk = new Bytes(4096);
    for (String text : store.dictionaryTexts()) {
      chunk.putText(text);
    }
    return chunk.toArray();
  }

  /// The instant the board stood at.
  public byte[] clock() {
    Bytes chunk = new Bytes(8);
    chunk.putLong(tally.asOf());
    return chunk.toArray();
  }

  /// The registers and every identity they know, heartbeats too, as of now, in chunks of at most
  /// about a mebibyte each of which is made when it is asked for: what is written is copied by
  /// reference here.
  public Iterator<byte[]> registers() {
    List<LogRecord> standing = new ArrayList<>(registers.portal().standing());
    standing.addAll(registers.indicators().standing());
    return new RegisterChunks(
        registers.identityCount(),
        registers.portal().fedBits(),
        standing.iterator(),
        registers.heartbeats().remembered().iterator());
  }

  private final class RegisterChunks implements Iterator<byte[]> {
    private final int identities;
    private final int fedBits;
    private final Iterator<LogRecord> standing;
    private final Iterator<Heartbeats.Beat> beats;
    private int at;
    private boolean begun;

    RegisterChunks(
        int identities,
        int fedBits,
        Iterator<LogRecord> standing,
        Iterator<Heartbeats.Beat> beats) {
      this.identities = identities;
      this.fedBits = fedBits;
      this.standing = standing;
      this.beats = beats;
    }

    @Override
    public boolean hasNext() {
      return !begun || at < identities || standing.hasNext() || beats.hasNext();
    }

    @Override
    public byte[] next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Bytes chunk = new Bytes(4096);
      if (!begun) {
        begun = true;
        chunk.putByte(FED);
        chunk.putByte(fedBits);
      }
      while (at < identities && chunk.size() < chunkBytes) {
        identity(chunk, registers.identity(at++));
      }
      while (standing.hasNext() && chunk.size() < chunkBytes) {
        chunk.putByte(RECORD);
        record(chunk, standing.next());
      }
      while (beats.hasNext() && chunk.size() < chunkBytes) {
        chunk.putByte(HEARTBEAT);
        beat(chunk, beats.next());
      }
      return chunk.toArray();
    }
  }

  private void identity(Bytes chunk, Registers.Identity identity) {
    chunk.putByte(IDENTITY);
    chunk.putText(identity.type());
    chunk.putText(identity.subject());
    chunk.putText(identity.source());
    chunk.putText(identity.id());
    chunk.putLong(registers.contentHash(identity));
  }

  private static void beat(Bytes chunk, Heartbeats.Beat beat) {
    chunk.putText(beat.source());
    chunk.putText(beat.subject());
    chunk.putText(beat.id());
    chunk.putLong(beat.timeMicros());
    chunk.putLong(beat.contentHash());
  }

  private static void record(Bytes chunk, LogRecord record) {
    chunk.putVar(record.position());
    chunk.putVar(record.schema());
    chunk.putText(record.type());
    chunk.putText(record.source());
    chunk.putText(record.id());
    chunk.putText(record.subject().orElse(""));
    chunk.putLong(record.timeMicros());
    chunk.putText(record.sequence().orElse(""));
    chunk.putLong(record.recordedAtMicros());
    chunk.putText(record.keyId());
    chunk.putText(record.data());
  }

  static void readTexts(byte[] chunk, CaseStore store) {
    BytesReader reader = new BytesReader(chunk);
    while (reader.more()) {
      store.dictionary().intern(reader.readText());
    }
  }

  static long readClock(byte[] chunk) {
    return new BytesReader(chunk).readLong();
  }

  static void readCases(byte[] chunk, CaseStore store, Tally tally) {
    BytesReader reader = new BytesReader(chunk);
    while (reader.more()) {
      tally.add(store.addHistory(reader.readBytes()));
    }
  }

  static void readRegisters(byte[] chunk, Registers registers) {
    BytesReader reader = new BytesReader(chunk);
    while (reader.more()) {
      int entry = reader.readByte();
      switch (entry) {
        case IDENTITY -> {
          Registers.Identity identity =
              new Registers.Identity(
                  reader.readText(), reader.readText(), reader.readText(), reader.readText());
          registers.remember(identity, reader.readLong());
        }
        case RECORD -> {
          LogRecord record = readRecord(reader);
          registers.put(record, record.event());
        }
        case HEARTBEAT ->
            registers
                .heartbeats()
                .remember(
                    new Heartbeats.Beat(
                        reader.readText(),
                        reader.readText(),
                        reader.readText(),
                        reader.readLong(),
                        reader.readLong()));
        case FED -> registers.portal().restoreFed(reader.readByte());
        default -> throw new IllegalArgumentException("no such register entry: " + entry);
      }
    }
  }

  private static LogRecord readRecord(BytesReader reader) {
    long position = reader.readVar();
    int schema = (int) reader.readVar();
    String type = reader.readText();
    String source = reader.readText();
    String id = reader.readText();
    String subject = reader.readText();
    long time = reader.readLong();
    String sequence = reader.readText();
    long recordedAt = reader.readLong();
    String keyId = reader.readText();
    String data = reader.readText();
    return new LogRecord(
        position,
        schema,
        type,
        source,
        id,
        subject.isEmpty() ? null : subject,
        time,
        sequence.isEmpty() ? null : sequence,
        recordedAt,
        keyId,
        null,
        data,
        null);
  }
}
