package vn.truc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vn.truc.access.SourceKeys;
import vn.truc.board.Board;
import vn.truc.board.BoardConfig;
import vn.truc.event.LogRecord;
import vn.truc.fold.Projection;
import vn.truc.fold.Projections;
import vn.truc.fold.SmallProjection;
import vn.truc.log.Draft;
import vn.truc.log.EventLog;
import vn.truc.log.EventLog.SnapshotReader.Section;
import vn.truc.testing.MemoryEventLog;

/// Snapshots of as many chunks as a log of years makes: the writing and the loading of one waited,
/// chunk for chunk, for the next, and beyond some thousands never ended.
class SnapshotsTest {
  private static final int CHUNKS = 20_000;

  private final Vertx vertx = Vertx.vertx();
  private final MemoryEventLog log =
      new MemoryEventLog() {
        @Override
        public Future<Optional<SnapshotReader>> newestSnapshot() {
          // on a context and later, as stores answer: what a listener throws there is lost
          Promise<Optional<SnapshotReader>> later = Promise.promise();
          Future<Optional<SnapshotReader>> found = super.newestSnapshot();
          vertx.runOnContext(_ -> vertx.timer(1).compose(_ -> found).onComplete(later));
          return later.future().map(one -> one.map(SnapshotsTest.this::slow));
        }
      };

  private EventLog.SnapshotReader slow(EventLog.SnapshotReader reader) {
    return new EventLog.SnapshotReader() {
      @Override
      public List<Section> sections() {
        return reader.sections();
      }

      @Override
      public Future<Buffer> chunk(Section section, int index) {
        return index > 0
            ? reader.chunk(section, index)
            : vertx.timer(1).compose(_ -> reader.chunk(section, index));
      }
    };
  }

  /// A node on the log.
  private final class Node {
    final Board board =
        new Board(
            new BoardConfig(List.of(), List.of(), List.of(), List.of()),
            Settings.of(Map.of()).board(),
            new Random(1));
    final FoldLoop fold;
    final Snapshots snapshots;
    final Projections projections = new Projections();
    final Toy toy;

    Node() {
      this(new Toy(1));
    }

    Node(Toy toy) {
      this.toy = toy;
      SimpleMeterRegistry registry = new SimpleMeterRegistry();
      SourceKeys keys = new SourceKeys();
      DomainClock clock = new DomainClock();
      AppliedConfig config = new AppliedConfig(vertx, board);
      FailedFacts failed = new FailedFacts(3, registry);
      fold =
          new FoldLoop(
              vertx,
              board,
              projections,
              keys,
              clock,
              config,
              failed,
              new ClockSetback(60_000_000L, registry),
              InstantSource.system());
      projections.add(clock).add(config).add(failed).add(keys).add(board).add(toy);
      snapshots = new Snapshots(log, projections, fold, SnapshotSettings.defaults());
    }
  }

  /// A feature as anybody may add one: it counts the records of each type.
  private static final class Toy implements SmallProjection {
    private final Map<String, Integer> counts = new TreeMap<>();
    private final int version;

    Toy(int version) {
      this.version = version;
    }

    @Override
    public boolean takes(String type) {
      return true;
    }

    @Override
    public void apply(LogRecord record, boolean live) {
      counts.merge(record.type(), 1, Integer::sum);
    }

    @Override
    public vn.truc.fold.Section section() {
      return new vn.truc.fold.Section("toy", version, vn.truc.fold.Section.Kind.WHOLE);
    }

    @Override
    public byte[] exported() {
      JsonObject all = new JsonObject();
      counts.forEach(all::put);
      return all.toBuffer().getBytes();
    }

    @Override
    public void restore(byte[] content) {
      new JsonObject(Buffer.buffer(content))
          .forEach(one -> counts.put(one.getKey(), (Integer) one.getValue()));
    }
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static LogRecord fact() {
    return new LogRecord(
        0,
        LogRecord.SCHEMA,
        "vn.ioc.feedback.status",
        "/hotline/1022",
        "evt-1",
        "PA-1",
        1_795_000_000_000_000L,
        null,
        1_795_000_000_000_000L,
        "k1",
        null,
        "{\"status\":\"received\"}",
        null);
  }

  @Test
  void allCasesAreWrittenHoweverManyChunksTheyTake() throws Exception {
    EventLog.SnapshotWriter writer = await(log.beginSnapshot());
    AtomicInteger left = new AtomicInteger(CHUNKS);
    await(
        Snapshots.slices(
            writer,
            new vn.truc.fold.Section("cases", 3, vn.truc.fold.Section.Kind.SLICED),
            1,
            () -> left.getAndDecrement() > 0 ? Optional.of(new byte[1]) : Optional.empty()));
    await(writer.commit());
    assertEquals(
        List.of(new Section("cases", 3, 1, CHUNKS)),
        await(log.newestSnapshot()).orElseThrow().sections());
  }

  @Test
  void aStartLoadsAllChunksThereAre() throws Exception {
    Node one = new Node();
    log.append(List.of(Draft.of(fact())));
    one.fold.follow(log);
    log.handOver(1);
    await(one.snapshots.makeLast());
    lengthen(await(log.newestSnapshot()).orElseThrow());
    Node other = new Node();
    await(other.snapshots.load());
    assertEquals(1, other.board.caseCount());
    assertEquals(1, other.fold.position());
  }

  private static LogRecord internal(String type) {
    return LogRecord.internal(type, "x", null, 1_795_000_000_000_000L, "{}");
  }

  private Node written(Node node) throws Exception {
    log.append(List.of(Draft.of(fact()), Draft.of(internal("vn.truc.log.created"))));
    node.projections.add(new LogStory());
    node.fold.follow(log);
    log.handOver(2);
    await(node.snapshots.makeLast());
    return node;
  }

  @Test
  void aFeatureThatIsRegisteredIsFoldedAndComesBack() throws Exception {
    Node one = written(new Node());
    Map<String, Integer> counts = Map.of("vn.ioc.feedback.status", 1, "vn.truc.log.created", 1);
    assertEquals(counts, one.toy.counts);
    Node other = new Node();
    await(other.snapshots.load());
    assertEquals(counts, other.toy.counts);
    assertEquals(2, other.fold.position());
    other.projections.apply(fact().at(2), false);
    assertEquals(counts, other.toy.counts, "what it holds already is not folded again");
    other.projections.apply(fact().at(3), false);
    assertEquals(2, other.toy.counts.get("vn.ioc.feedback.status"));
  }

  @Test
  void aSectionOfAnotherVersionOrNoneMeansTheWholeLog() throws Exception {
    written(new Node(new Toy(1)));
    Node newer = new Node(new Toy(2));
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> await(newer.snapshots.load()));
    assertTrue(e.toString().contains("section toy is of an older version"), e::toString);
    Node more = new Node();
    more.projections.add(new FeedlessFeature());
    e = assertThrows(ExecutionException.class, () -> await(more.snapshots.load()));
    assertTrue(e.toString().contains("it holds no section another"), e::toString);
  }

  /// What is found missing at the end of a restore was told to nobody, and the start went on.
  @Test
  void whatIsCutOffMeansTheWholeLog() throws Exception {
    written(new Node());
    Node other = new Node();
    EventLog.SnapshotReader whole = await(log.newestSnapshot()).orElseThrow();
    EventLog.SnapshotWriter writer = await(log.beginSnapshot());
    for (Section section : whole.sections()) {
      Buffer chunk = await(whole.chunk(section, 0));
      boolean cases = section.name().equals("cases");
      write(writer, section, cases ? chunk.getBuffer(0, chunk.length() - 1) : chunk);
    }
    await(writer.commit());
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> await(other.snapshots.load()));
    assertTrue(e.toString().contains("cut off"), e::toString);
    assertEquals(0, other.fold.position());
  }

  /// A section nobody knows was carried into nothing without a word.
  @Test
  void aSectionNobodyRegisteredIsLeftOutAndTold() throws Exception {
    Node rich = new Node();
    rich.projections.add(new FeedlessFeature());
    written(rich);
    Node plain = new Node();
    assertEquals(List.of("another"), plain.snapshots.unknown(held()));
    await(plain.snapshots.load());
    assertEquals(1, plain.board.caseCount());
    assertThrows(
        IllegalArgumentException.class,
        () -> rich.projections.add(new FeedlessFeature()),
        "one name, one section");
  }

  private Map<String, Section> held() throws Exception {
    Map<String, Section> held = new TreeMap<>();
    await(log.newestSnapshot())
        .orElseThrow()
        .sections()
        .forEach(section -> held.put(section.name(), section));
    return held;
  }

  /// A feature whose state may be empty.
  private static final class FeedlessFeature implements Projection {
    @Override
    public List<vn.truc.fold.Section> sections() {
      return List.of(new vn.truc.fold.Section("another", 1, vn.truc.fold.Section.Kind.SLICED));
    }

    @Override
    public void restore(String section, byte[] chunk) {
      throw new AssertionError("nothing was written");
    }
  }

  /// Writes a snapshot again, with many chunks of cases more, that hold none.
  private void lengthen(EventLog.SnapshotReader snapshot) throws Exception {
    EventLog.SnapshotWriter writer = await(log.beginSnapshot());
    for (Section section : snapshot.sections()) {
      for (int index = 0; index < section.chunks(); index++) {
        write(writer, section, await(snapshot.chunk(section, index)));
      }
      if (section.name().equals("cases")) {
        for (int more = 0; more < CHUNKS; more++) {
          write(writer, section, Buffer.buffer());
        }
      }
    }
    await(writer.commit());
  }

  private static void write(EventLog.SnapshotWriter writer, Section section, Buffer chunk)
      throws Exception {
    await(writer.write(section.name(), section.version(), section.position(), chunk));
  }
}
