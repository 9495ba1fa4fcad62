package vn.truc.fold;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import vn.truc.event.LogRecord;

/// Everything that is made of the log, in the order in which it was registered, which is that of a
/// restore. Who adds a feature registers it, and nothing else. Belongs to the fold's context.
public final class Projections {
  private static final Entry[] NOBODY = {};

  private final List<Entry> entries = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  /// Who takes a type, found once for each: a log holds some dozens.
  private final Map<String, Entry[]> byType = new HashMap<>();

  /// A projection and what it held when it came from a snapshot.
  private static final class Entry {
    private final Projection projection;
    private long reached;

    Entry(Projection projection) {
      this.projection = projection;
    }

    void apply(LogRecord record, boolean live) {
      if (record.position() > reached) {
        projection.apply(record, live);
      }
    }
  }

  /// Registers one.
  ///
  /// @throws IllegalArgumentException when another has a section of one of its names
  public Projections add(Projection projection) {
    for (Section section : projection.sections()) {
      if (!names.add(section.name())) {
        throw new IllegalArgumentException("two sections are called " + section.name());
      }
    }
    entries.add(new Entry(projection));
    byType.clear();
    return this;
  }

  /// All of them.
  public List<Projection> list() {
    return entries.stream().map(entry -> entry.projection).toList();
  }

  /// Folds a record into all that take its type and do not hold it from a snapshot; whether there
  /// is any that takes it.
  public boolean apply(LogRecord record, boolean live) {
    Entry[] takers = takers(record.type());
    for (Entry taker : takers) {
      taker.apply(record, live);
    }
    return takers.length > 0;
  }

  /// Folds somebody's fact into all that take its type. One that fails hinders no other: it is told
  /// of, and lacks the fact.
  public void applyFact(
      LogRecord record, boolean live, BiConsumer<Projection, RuntimeException> failed) {
    for (Entry taker : takers(record.type())) {
      try {
        taker.apply(record, live);
      } catch (RuntimeException e) {
        failed.accept(taker.projection, e);
      }
    }
  }

  private Entry[] takers(String type) {
    return byType.computeIfAbsent(type, this::found);
  }

  private Entry[] found(String type) {
    return entries.stream().filter(one -> one.projection.takes(type)).toList().toArray(NOBODY);
  }

  /// All of one was restored up to a position: what lies before it is not folded into it again.
  public void restored(Projection projection, long position) {
    for (Entry entry : entries) {
      if (entry.projection.equals(projection)) {
        projection.restored(position);
        entry.reached = position;
      }
    }
  }
}
