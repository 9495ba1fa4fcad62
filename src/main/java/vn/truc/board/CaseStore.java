package vn.truc.board;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import vn.truc.event.Attribute;
import vn.truc.event.Attributes;
import vn.truc.event.CaseKind;
import vn.truc.event.Event.CaseFact;
import vn.truc.event.LogRecord;

/// The histories of all cases, each one sorted array of bytes ([Facts] draws it), found by kind and
/// code. Knows no configuration and no clock: several tallies may be folded from one store.
///
/// Cases get numbers from 0 in the order they were first seen and are never removed.
final class CaseStore implements CaseIndex.Cases {
  private static final int PAGE_BITS = 12;
  private static final int PAGE_MASK = (1 << PAGE_BITS) - 1;

  private final int factsMax;
  private final int bytesMax;
  private final Dictionary dictionary;
  private final KeyedHash places;
  private final Facts facts = new Facts();
  private final Bytes entry = new Bytes(512);
  private final Bytes code = new Bytes(128);
  private final Bytes id = new Bytes(128);

  /// Where the facts of the case that was looked through last begin.
  private int[] starts = new int[32];

  private final CaseIndex index = new CaseIndex(this);

  /// In pages, so that growing never copies them all.
  private byte[][][] pages = new byte[0][][];

  private int size;

  /// What [#find] looks for, beside [#code].
  private CaseKind soughtKind = CaseKind.DOSSIER;

  private long stateSum;
  private long factsInAll;

  /// @param settings how much one case may hold, and how many texts are shared
  /// @param places where codes lie in the index, by a key nobody knows
  CaseStore(BoardSettings settings, KeyedHash places) {
    this.factsMax = settings.caseFactsMax();
    this.bytesMax = settings.caseBytesMax();
    this.dictionary = new Dictionary(settings.textsMax());
    this.places = places;
  }

  /// What a fact does to its case. Nothing is changed while one is made, and [#commit] cannot fail
  /// half way: whatever is wrong with a fact shows before.
  static final class Insertion {
    private final BoardVerdict verdict;
    private final int number;
    private final byte[] before;
    private final byte[] after;
    private final int lastFact;
    private final long place;
    private final long stateHash;

    private Insertion(
        BoardVerdict verdict,
        int number,
        byte[] before,
        byte[] after,
        int lastFact,
        long place,
        long stateHash) {
      this.verdict = verdict;
      this.number = number;
      this.before = before;
      this.after = after;
      this.lastFact = lastFact;
      this.place = place;
      this.stateHash = stateHash;
    }

    private static Insertion none(BoardVerdict verdict, int number) {
      return new Insertion(verdict, number, NONE, NONE, -1, 0, 0);
    }

    BoardVerdict verdict() {
      return verdict;
    }

    /// The case's number, or that of the next one for the first fact of a code.
    int number() {
      return number;
    }

    /// What the history was: its own array, which stays as it is.
    byte[] before() {
      return before;
    }

    /// What it becomes.
    byte[] after() {
      return after;
    }

    /// Where the new fact begins when it is the last; -1 when others lie behind it.
    int lastFact() {
      return lastFact;
    }
  }

  Dictionary dictionary() {
    return dictionary;
  }

  int size() {
    return size;
  }

  /// The count of all facts in all histories.
  long factCount() {
    return factsInAll;
  }

  /// Order-free sum of the hashes of all facts, each bound to its case.
  long stateSum() {
    return stateSum;
  }

  byte[] history(int number) {
    return pages[number >>> PAGE_BITS][number & PAGE_MASK];
  }

  private void put(int number, byte[] history) {
    pages[number >>> PAGE_BITS][number & PAGE_MASK] = history;
  }

  /// The number of a case, or -1.
  int find(CaseKind kind, String caseCode) {
    encodeCode(caseCode);
    return find(kind, place(kind));
  }

  /// What the door is to make of a fact.
  ///
  /// @param bytesUnderWay bytes of facts of the same case that were taken and are not folded yet
  BoardVerdict judge(LogRecord record, CaseFact fact, long bytesUnderWay) {
    int number = find(fact.kind(), subject(record));
    if (number < 0) {
      return bytesUnderWay < bytesMax ? BoardVerdict.NEW : BoardVerdict.CASE_TOO_LONG;
    }
    byte[] history = history(number);
    BoardVerdict verdict = verdict(placeOf(record, fact, history));
    // the door's alone: a case that is longer already was taken by an older one
    return verdict == BoardVerdict.NEW && history.length + bytesUnderWay >= bytesMax
        ? BoardVerdict.CASE_TOO_LONG
        : verdict;
  }

  private static BoardVerdict verdict(int place) {
    return switch (place) {
      case DUPLICATE -> BoardVerdict.DUPLICATE;
      case CONFLICT -> BoardVerdict.CONFLICT;
      case TOO_LONG -> BoardVerdict.CASE_TOO_LONG;
      default -> BoardVerdict.NEW;
    };
  }

  private static final int DUPLICATE = -1;
  private static final int CONFLICT = -2;
  private static final int TOO_LONG = -3;

  /// Where a fact belongs in the history of its case, or why nowhere.
  private int placeOf(LogRecord record, CaseFact fact, byte[] history) {
    facts.of(history);
    int source = dictionary.find(record.source());
    byte[] sourceText = record.source().getBytes(StandardCharsets.UTF_8);
    encodeId(record.id());
    int count = facts.count();
    if (starts.length < count) {
      starts = new int[Math.max(count, 2 * starts.length)];
    }
    for (int i = 0; facts.next(); i++) {
      if (facts.idEquals(id.array(), id.size()) && facts.sourceIs(source, sourceText)) {
        return facts.contentHash() == fact.contentHash() ? DUPLICATE : CONFLICT;
      }
      starts[i] = facts.entryStart();
    }
    if (count >= factsMax) {
      return TOO_LONG;
    }
    int behind = behind(record, fact, sourceText, count);
    return behind == count ? history.length : starts[behind];
  }

  /// How many of the facts, whose places are in [#starts], come before a new one. They stand in
  /// their order, and most new ones are the last.
  private int behind(LogRecord record, CaseFact fact, byte[] source, int count) {
    int low = 0;
    int high = count;
    int middle = count - 1;
    while (low < high) {
      facts.standAt(starts[middle]);
      if (compareToPresent(record, fact, source) < 0) {
        high = middle;
      } else {
        low = middle + 1;
      }
      middle = (low + high) >>> 1;
    }
    return low;
  }

  /// Works out what a fact does to its case.
  Insertion prepare(LogRecord record, CaseFact fact) {
    encodeCode(subject(record));
    long hash = place(fact.kind());
    int found = find(fact.kind(), hash);
    int number = found < 0 ? size : found;
    byte[] before = found < 0 ? emptyHistory(fact.kind()) : history(found);
    int place = placeOf(record, fact, before);
    if (place < 0) {
      return Insertion.none(verdict(place), number);
    }
    encodeEntry(record, fact);
    facts.of(before);
    int headEnd = facts.factsStart();
    int count = facts.count();
    int headLength = headEnd - Bytes.varLength(count);
    byte[] after =
        new byte
            [headLength
                + Bytes.varLength(count + 1L)
                + (before.length - headEnd)
                + Bytes.varLength(entry.size())
                + entry.size()];
    int at = copy(before, 0, headLength, after, 0);
    at = Bytes.putVar(after, at, count + 1L);
    at = copy(before, headEnd, place - headEnd, after, at);
    int lastFact = place == before.length ? at : -1;
    at = Bytes.putVar(after, at, entry.size());
    at = copy(entry.array(), 0, entry.size(), after, at);
    copy(before, place, before.length - place, after, at);
    long stateHash = stateHashOf(facts, fact, record);
    return new Insertion(BoardVerdict.NEW, number, before, after, lastFact, hash, stateHash);
  }

  /// Puts a fact that was prepared into its case. The array that was there before is replaced, not
  /// changed.
  void commit(Insertion insertion) {
    if (insertion.number == size) {
      index.add(insertion.place, append(insertion.after));
    } else {
      put(insertion.number, insertion.after);
    }
    factsInAll++;
    stateSum += insertion.stateHash;
  }

  private long stateHashOf(Facts ofCase, CaseFact fact, LogRecord record) {
    long h = Mix.combine(fact.contentHash(), Dictionary.hash(record.source()));
    h = Mix.combine(h, Mix.hash(id.array(), 0, id.size()));
    if (record.sequence().isPresent()) {
      byte[] sequence = record.sequence().get().getBytes(StandardCharsets.UTF_8);
      h = Mix.combine(h, Mix.hash(sequence));
    }
    return Mix.combine(caseHash(ofCase), h);
  }

  private static long caseHash(Facts at) {
    return Mix.combine(at.codeHash(), at.kind() == CaseKind.DOSSIER ? 0 : 1);
  }

  /// Takes a history from a snapshot whose dictionary numbers are this store's.
  int addHistory(byte[] history) {
    facts.of(history);
    long ofCase = caseHash(facts);
    while (facts.next()) {
      stateSum += Mix.combine(ofCase, facts.stateHash(dictionary));
      factsInAll++;
    }
    byte[] codeBytes = facts.codeBytes();
    code.clear();
    code.put(codeBytes, 0, codeBytes.length);
    int number = append(history);
    index.add(place(facts.kind()), number);
    return number;
  }

  private static final byte[] NONE = new byte[0];

  /// Compares a fact to the one the reader stands at. Its id is in [#id].
  private int compareToPresent(LogRecord record, CaseFact fact, byte[] source) {
    int byTime = Long.compare(record.timeMicros(), facts.time());
    if (byTime != 0) {
      return byTime;
    }
    int bySequence =
        FactOrder.compareSequence(
            record.sequence().map(text -> text.getBytes(StandardCharsets.UTF_8)).orElse(NONE),
            facts.hasSequence() ? facts.sequence() : NONE);
    if (bySequence != 0) {
      return bySequence;
    }
    int byRank = Integer.compare(fact.rank(), facts.rank());
    if (byRank != 0) {
      return byRank;
    }
    int bySource =
        Arrays.compareUnsigned(source, facts.source(dictionary).getBytes(StandardCharsets.UTF_8));
    return bySource != 0 ? bySource : -facts.compareId(id.array(), 0, id.size());
  }

  private void encodeEntry(LogRecord record, CaseFact fact) {
    entry.clear();
    entry.putLong(record.timeMicros());
    int form =
        switch (fact.form()) {
          case STATUS -> 0;
          case RATED -> 1;
          case VOIDED -> 2;
        };
    entry.putByte(record.sequence().isPresent() ? form | Facts.SEQUENCE_BIT : form);
    entry.putByte(fact.status());
    record.sequence().ifPresent(entry::putText);
    putWord(record.source());
    entry.putVar(id.size());
    entry.put(id.array(), 0, id.size());
    entry.putLong(fact.contentHash());
    encodeAttributes(record.timeMicros(), fact.changes());
    entry.putVar(record.position());
  }

  private void encodeAttributes(long time, Attributes changes) {
    long set = changes.setBits();
    long cleared = changes.clearedBits();
    entry.putVar(Long.bitCount(set) + Long.bitCount(cleared));
    for (long bits = set; bits != 0; bits &= bits - 1) {
      Attribute attribute = Attribute.at(Long.numberOfTrailingZeros(bits));
      entry.putByte(attribute.ordinal());
      Object value = changes.valueOf(attribute);
      switch (attribute.form()) {
        case TEXT, TEXT_LIST -> {
          if (Facts.isCode(attribute)) {
            putWord((String) value);
          } else {
            entry.putText((String) value);
          }
        }
        case INSTANT, DEADLINE -> entry.putSigned((Long) value - time);
        case NUMBER -> entry.putLong(Double.doubleToLongBits((Double) value));
        case FLAG -> entry.putByte((Boolean) value ? 1 : 0);
      }
    }
    for (long bits = cleared; bits != 0; bits &= bits - 1) {
      entry.putByte(Long.numberOfTrailingZeros(bits) | Facts.CLEARED_BIT);
    }
  }

  private void putWord(String text) {
    int number = dictionary.intern(text);
    entry.putVar(Math.max(0, number + 1));
    if (number == Dictionary.OUTSIDE) {
      entry.putText(text);
    }
  }

  private byte[] emptyHistory(CaseKind kind) {
    Bytes head = new Bytes(code.size() + 12);
    head.putByte(kind == CaseKind.DOSSIER ? 0 : 1);
    head.putVar(code.size());
    head.put(code.array(), 0, code.size());
    head.putVar(0);
    return head.toArray();
  }

  private int append(byte[] history) {
    if (size >>> PAGE_BITS == pages.length) {
      pages = Arrays.copyOf(pages, pages.length + 1);
      pages[pages.length - 1] = new byte[1 << PAGE_BITS][];
    }
    put(size, history);
    return size++;
  }

  private int find(CaseKind kind, long hash) {
    soughtKind = kind;
    return index.find(hash);
  }

  @Override
  public boolean matches(int number) {
    facts.of(history(number));
    return facts.kind() == soughtKind && facts.codeEquals(code.array(), code.size());
  }

  /// Where the code that was encoded last lies in the index.
  private long place(CaseKind kind) {
    return Mix.combine(places.of(code.array(), 0, code.size()), kind == CaseKind.DOSSIER ? 0 : 1);
  }

  private void encodeCode(String caseCode) {
    encode(code, caseCode);
  }

  private void encodeId(String text) {
    encode(id, text);
  }

  /// The text's bytes alone, without their length.
  private static void encode(Bytes into, String text) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    into.clear();
    into.put(encoded, 0, encoded.length);
  }

  private static String subject(LogRecord record) {
    return record
        .subject()
        .orElseThrow(() -> new IllegalArgumentException("a case fact without subject: " + record));
  }

  private static int copy(byte[] from, int start, int length, byte[] to, int at) {
    System.arraycopy(from, start, to, at, length);
    return at + length;
  }
}
