package vn.truc.board;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import vn.truc.event.ReportedPeriod;
import vn.truc.fold.Section;
import vn.truc.fold.StateCopy;

/// Writes the board's state in chunks while the board goes on, and reads it back into a new one.
///
/// Order of writing: all chunks of [#CASES], each of what the histories are at that moment; then at
/// once [#REGISTERS], [#TEXTS] and [#CLOCK]. The cases hold the log up to the position at the
/// beginning and perhaps more; applying a fact twice changes nothing, so replay starts there.
/// Order of reading: [#CLOCK], [#TEXTS], [#CASES], [#REGISTERS].
public final class BoardSnapshot implements StateCopy {
  public static final String CASES = "cases";
  public static final String REGISTERS = "registers";
  public static final String TEXTS = "texts";
  public static final String CLOCK = "clock";

  /// The version of [#CLOCK].
  public static final int VERSION = 1;

  /// The version of [#CASES], [#TEXTS] and [#REGISTERS] written today, and the only one that is
  /// read: older ones hold hashes over members no record holds any more. The log is folded instead.
  public static final int STATE_VERSION = 3;

  /// What the board's state consists of, in the order of reading.
  static final List<Section> SECTIONS =
      List.of(
          new Section(CLOCK, VERSION, Section.Kind.WHOLE),
          new Section(TEXTS, STATE_VERSION, Section.Kind.WHOLE),
          new Section(CASES, STATE_VERSION, Section.Kind.SLICED),
          new Section(REGISTERS, STATE_VERSION, Section.Kind.WHOLE));

  /// About how large a chunk is.
  static final int CHUNK_BYTES = 1 << 20;

  /// What an entry of the registers begins with.
  private static final int IDENTITY = 0;

  private static final int FED = 2;
  private static final int HEARTBEAT = 3;
  private static final int CELL = 4;
  private static final int REPORT = 5;

  private final CaseStore store;
  private final Registers registers;
  private final Tally tally;
  private final long position;
  private final int chunkBytes;
  private int next;

  /// The history being written, and how far.
  private byte[] writing = new byte[0];

  private int written;

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

  /// The next chunk of cases, at most about a mebibyte; empty when all are written. A case that is
  /// longer than the room left goes on in the next chunk.
  public Optional<byte[]> nextCases() {
    if (next >= store.size() && written == writing.length) {
      return Optional.empty();
    }
    Bytes chunk = new Bytes(chunkBytes + 16);
    while (chunk.size() < chunkBytes && (written < writing.length || next < store.size())) {
      if (written == writing.length) {
        writing = store.history(next++);
        written = 0;
        chunk.putVar(writing.length);
      }
      int piece = Math.min(writing.length - written, Math.max(0, chunkBytes - chunk.size()));
      chunk.put(writing, written, piece);
      written += piece;
    }
    return Optional.of(chunk.toArray());
  }

  @Override
  public Optional<byte[]> slice() {
    return nextCases();
  }

  @Override
  public Iterator<byte[]> chunks(String section) {
    return switch (section) {
      case CLOCK -> List.of(clock()).iterator();
      case TEXTS -> texts();
      case REGISTERS -> registers();
      default -> throw new IllegalArgumentException("no such section: " + section);
    };
  }

  /// Reads the chunks of cases one after the other.
  static final class CaseReader {
    private byte[] history = new byte[0];
    private int filled;

    /// Takes the next chunk: the cases that end in it go into store and tally.
    void take(byte[] chunk, CaseStore store, Tally tally) {
      BytesReader reader = new BytesReader(chunk);
      while (reader.more()) {
        if (filled == history.length) {
          history = new byte[(int) reader.readVar()];
          filled = 0;
        }
        filled += reader.readInto(history, filled);
        if (filled == history.length) {
          tally.add(store.addHistory(history));
        }
      }
    }

    /// Whether the last case is whole.
    boolean isWhole() {
      return filled == history.length;
    }
  }

  /// The texts the cases refer to, as of now, in chunks of at most about a mebibyte; written after
  /// the last case. At least one.
  public Iterator<byte[]> texts() {
    List<byte[]> chunks = new ArrayList<>();
    Bytes chunk = new Bytes(4096);
    Dictionary dictionary = store.dictionary();
    for (int id = 0; id < dictionary.size(); id++) {
      chunk.putText(dictionary.text(id));
      if (chunk.size() >= chunkBytes) {
        chunks.add(chunk.toArray());
        chunk.clear();
      }
    }
    chunks.add(chunk.toArray());
    return chunks.iterator();
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
    return new RegisterChunks(
        registers.identityCount(),
        registers.portal().fedBits(),
        registers.portal().standing().iterator(),
        registers.indicators().standing().iterator(),
        registers.heartbeats().remembered().iterator());
  }

  private final class RegisterChunks implements Iterator<byte[]> {
    private final int identities;
    private final int fedBits;
    private final Iterator<PortalTraffic.Standing> cells;
    private final Iterator<Indicators.Standing> reports;
    private final Iterator<Heartbeats.Beat> beats;
    private int at;
    private boolean begun;

    RegisterChunks(
        int identities,
        int fedBits,
        Iterator<PortalTraffic.Standing> cells,
        Iterator<Indicators.Standing> reports,
        Iterator<Heartbeats.Beat> beats) {
      this.identities = identities;
      this.fedBits = fedBits;
      this.cells = cells;
      this.reports = reports;
      this.beats = beats;
    }

    @Override
    public boolean hasNext() {
      return !begun || at < identities || cells.hasNext() || reports.hasNext() || beats.hasNext();
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
      while (cells.hasNext() && chunk.size() < chunkBytes) {
        chunk.putByte(CELL);
        cell(chunk, cells.next());
      }
      while (reports.hasNext() && chunk.size() < chunkBytes) {
        chunk.putByte(REPORT);
        report(chunk, reports.next());
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

  private static void cell(Bytes chunk, PortalTraffic.Standing standing) {
    chunk.putText(standing.cell().portal());
    chunk.putLong(standing.cell().from());
    chunk.putLong(standing.cell().to());
    PortalTraffic.Visits visits = standing.visits();
    place(chunk, visits.place());
    chunk.putLong(visits.pageviews());
    chunk.putLong(visits.visits());
    chunk.putLong(visits.plainVisitors());
    chunk.putLong(visits.errors());
    byte[] image = visits.image().bytes();
    chunk.putVar(image.length);
    chunk.put(image, 0, image.length);
  }

  private static void report(Bytes chunk, Indicators.Standing standing) {
    chunk.putText(standing.indicator());
    chunk.putText(standing.agency());
    Indicators.Report report = standing.report();
    chunk.putText(report.period().text());
    place(chunk, report.place());
    chunk.putLong(Double.doubleToLongBits(report.value()));
    chunk.putLong(Double.doubleToLongBits(report.plan()));
  }

  private static void place(Bytes chunk, FactPlace place) {
    chunk.putLong(place.timeMicros());
    chunk.putText(place.sequence());
    chunk.putText(place.source());
    chunk.putText(place.id());
    chunk.putText(place.subject());
  }

  static void readTexts(byte[] chunk, CaseStore store) {
    BytesReader reader = new BytesReader(chunk);
    while (reader.more()) {
      int _ = store.dictionary().add(reader.readText());
    }
  }

  static long readClock(byte[] chunk) {
    return new BytesReader(chunk).readLong();
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
        case CELL -> readCell(reader, registers.portal());
        case REPORT -> readReport(reader, registers.indicators());
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

  private static void readCell(BytesReader reader, PortalTraffic portal) {
    PortalTraffic.Cell cell =
        new PortalTraffic.Cell(reader.readText(), reader.readLong(), reader.readLong());
    portal.put(
        cell,
        new PortalTraffic.Visits(
            readPlace(reader),
            reader.readLong(),
            reader.readLong(),
            reader.readLong(),
            reader.readLong(),
            new HllImage(reader.readBytes())));
  }

  private static void readReport(BytesReader reader, Indicators indicators) {
    String indicator = reader.readText();
    String agency = reader.readText();
    ReportedPeriod period = ReportedPeriod.of(reader.readText()).orElseThrow();
    indicators.put(
        indicator,
        agency,
        new Indicators.Report(
            period,
            readPlace(reader),
            Double.longBitsToDouble(reader.readLong()),
            Double.longBitsToDouble(reader.readLong())));
  }

  private static FactPlace readPlace(BytesReader reader) {
    return new FactPlace(
        reader.readLong(),
        reader.readText(),
        reader.readText(),
        reader.readText(),
        reader.readText());
  }
}
