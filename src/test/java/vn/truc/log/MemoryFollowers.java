package vn.truc.log;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.streams.ReadStream;
import java.util.List;
import vn.truc.event.LogRecord;

/// The followers of a log in memory: those of every engine, so that a test double hands records
/// over as they do.
public final class MemoryFollowers {
  private final Followers followers = new Followers();
  private final LogMetrics metrics = new LogMetrics(new SimpleMeterRegistry());
  private final LogSettings settings;

  public MemoryFollowers(LogSettings settings) {
    this.settings = settings;
  }

  /// Whether a batch finds room beside what waits.
  public boolean refuses(List<Draft> batch, int waitingRecords, long waitingBytes) {
    return waitingRecords + batch.size() > settings.queueRecordsMax()
        || waitingBytes + bytesOf(batch) > settings.queueBytesMax();
  }

  public static long bytesOf(List<Draft> batch) {
    return WorkQueue.bytesOf(batch);
  }

  /// Follows what is in a list, and what is published.
  public ReadStream<List<LogRecord>> follow(Vertx vertx, List<LogRecord> all, long after) {
    Context context = Followers.root(vertx.getOrCreateContext());
    Follower follower =
        new Follower(
            context,
            position -> Future.succeededFuture(batch(all, position)),
            after,
            settings,
            metrics,
            followers::remove);
    followers.add(follower);
    follower.knows(all.size());
    return follower;
  }

  private List<LogRecord> batch(List<LogRecord> all, long after) {
    int from = (int) Math.min(after, all.size());
    int to = Math.min(all.size(), from + settings.followBatchRecordsMax());
    return List.copyOf(all.subList(from, to));
  }

  /// Followers first, then the append.
  public void publish(Vertx vertx, List<Draft> batch, List<LogRecord> records, Promise<Long> done) {
    WorkQueue.Append append =
        new WorkQueue.Append(batch, bytesOf(batch), vertx.getOrCreateContext(), done);
    followers.publish(
        records, List.of(new Followers.Settled(append, records.getFirst().position())));
  }

  public Future<Void> end() {
    return followers.end();
  }
}
