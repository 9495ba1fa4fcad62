package vn.truc.board;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
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
  private final Dictionary dictionary = new Dictionary();
  private final Facts facts = new Facts();
  private final Bytes entry = new Bytes(512);
  private final Bytes code = new Bytes(128);
  private final Bytes id = new Bytes(128);

  private final CaseIndex index = new CaseIndex(this);

  /// In pages, so that growing never copies them all.
  private byte[][][] pages = new byte[0][][];

  private int size;

  /// What [#find] looks for, beside [#code].
  private CaseKind soughtKind = CaseKind.DOSSIER;

  /// Where the fact last judged new belongs in the history of its case.
  private int place;

  /// Where the fact last inserted begins; -1 when others lie behind it.
  private int lastFact;

  private long stateSum;
  private long facts64;

  CaseStore(int factsMax) {
    this.factsMax = factsMax;
  }

  Dictionary dictionary() {
    return dictionary;
  }

  int size() {
    return size;
  }

  /// The count of all facts in all histories.
  long factCount() {
    return facts64;
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
    return find(kind, codeHash(kind));
  }

  /// What the history of its case makes of a fact.
  BoardVerdict judge(LogRecord record, CaseFact fact) {
    int number = find(fact.kind(), subject(record));
    if (number < 0) {
      return BoardVerdict.NEW;
    }
    return judge(number, record, fact);
  }

  /// Looks through the facts of a case, and notes where this one belongs among them.
  private BoardVerdict judge(int number, LogRecord record, CaseFact fact) {
    byte[] history = history(number);
    facts.of(history);
    int source = dictionary.find(record.source());
    encodeId(record.id());
    place = -1;
    while (facts.next()) {
      if (facts.source() == source && facts.idEquals(id.array(), 0, id.size())) {
        return facts.contentHash() == fact.contentHash()
            ? BoardVerdict.DUPLICATE
            : BoardVerdict.CONFLICT;
      }
      if (place < 0 && compareToPresent(record, fact) < 0) {
        place = facts.entryStart();
      }
    }
    if (place < 0) {
      place = history.length;
    }
    return facts.count() >= factsMax ? BoardVerdict.CASE_TOO_LONG : BoardVerdict.NEW;
  }

  /// The number of the record's case, made now when it is the first of its code; an empty history
  /// then stands for it until [#insert].
  int findOrAdd(LogRecord record, CaseFact fact) {
    encodeCode(subject(record));
    long hash = codeHash(fact.kind());
    int number = find(fact.kind(), hash);
    return number >= 0 ? number : add(hash, emptyHistory(fact.kind()));
  }

  BoardVerdict judgeAt(int number, LogRecord record, CaseFact fact) {
    return judge(number, record, fact);
  }

  /// Puts the fact that [#judgeAt] has just found new into its place. The array that was there
  /// before stays as it was: it is replaced, not changed.
  void insert(int number, LogRecord record, CaseFact fact) {
    byte[] before = history(number);
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
    lastFact = place == before.length ? at : -1;
    at = Bytes.putVar(after, at, entry.size());
    at = copy(entry.array(), 0, entry.size(), after, at);
    copy(before, place, before.length - place, after, at);
    put(number, after);
    facts64++;
    stateSum += stateHashOf(facts, fact, record);
  }

  /// Where the fact last inserted begins in its history; -1 when others lie behind it.
  int lastFact() {
    return lastFact;
  }

  private long stateHashOf(Facts ofCase, CaseFact fact, LogRecord record) {
    long h = Mix.combine(fact.contentHash(), dictionary.hash(dictionary.find(record.source())));
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
      facts64++;
    }
    return add(ofCase, history);
  }

  private static final byte[] NONE = new byte[0];

  /// Compares a fact to the one the reader stands at. Its id is in [#id].
  private int compareToPresent(LogRecord record, CaseFact fact) {
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
        Arrays.compareUnsigned(
            record.source().getBytes(StandardCharsets.UTF_8),
            dictionary.text(facts.source()).getBytes(StandardCharsets.UTF_8));
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
    entry.putVar(dictionary.intern(record.source()));
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
          if (Facts.interned(attribute)) {
            entry.putVar(dictionary.intern((String) value));
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

  private byte[] emptyHistory(CaseKind kind) {
    Bytes head = new Bytes(code.size() + 12);
    head.putByte(kind == CaseKind.DOSSIER ? 0 : 1);
    head.putVar(code.size());
    head.put(code.array(), 0, code.size());
    head.putVar(0);
    return head.toArray();
  }

  private int add(long hash, byte[] history) {
    index.add(hash, size);
    return append(history);
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

  private long codeHash(CaseKind kind) {
    return Mix.combine(Mix.hash(code.array(), 0, code.size()), kind == CaseKind.DOSSIER ? 0 : 1);
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

  /// All texts of the dictionary in their order, for a snapshot.
  List<String> dictionaryTexts() {
    return java.util.stream.IntStream.range(0, dictionary.size())
        .mapToObj(dictionary::text)
        .toList();
  }

  /// The history of a case by kind and code, for reading; null when there is none.
  byte @Nullable [] historyOf(CaseKind kind, String caseCode) {
    int number = find(kind, caseCode);
    return number < 0 ? null : history(number);
  }
}
