package vn.truc.log;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import vn.truc.event.LogRecord;

/// What waits for the writer thread. Appends and jobs asked for by callers keep their order; jobs
/// in the background (snapshot chunks, clean-up) run one at a time between two group commits.
///
/// Bounded in records, bytes and jobs; what finds no room is refused at once.
final class WorkQueue {
  /// Heap bytes of a waiting record beside its texts.
  static final int RECORD_BYTES = 240;

  /// Something the writer thread does.
  sealed interface Work {}

  /// One append, taken as a whole.
  record Append(List<Draft> batch, long bytes, Context context, Promise<Long> promise)
      implements Work {}

  /// Anything else that must run on the writer thread. `run` answers its caller by itself, also
  /// when it fails.
  ///
  /// @param bytes what it holds in memory
  record Job(Runnable run, long bytes) implements Work {}

  /// What to do next: the appends of one group, then at most one job.
  ///
  /// @param closing nothing is left and nothing will come
  record Round(List<Append> appends, Optional<Job> job, boolean closing) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final ArrayDeque<Work> ordered = new ArrayDeque<>();
  private final ArrayDeque<Job> background = new ArrayDeque<>();
  private final LogSettings settings;
  private int records;
  private long bytes;
  private int jobs;
  private long jobBytes;
  private boolean closed;

  WorkQueue(LogSettings settings) {
    this.settings = settings;
  }

  static long bytesOf(List<Draft> batch) {
    long sum = 0;
    for (Draft draft : batch) {
      LogRecord record = draft.record();
      sum +=
          RECORD_BYTES
              + record.data().length()
              + record.id().length()
              + record.source().length()
              + record.type().length()
              + record.subject().map(String::length).orElse(0)
              + record.extensions().map(String::length).orElse(0)
              + draft.personal().map(personal -> personal.json().length()).orElse(0);
    }
    return sum;
  }

  /// Takes an append; the reason when it does not. A batch larger than the whole queue is taken by
  /// an empty one only when it fits its bounds.
  Optional<LogException> offer(Append append) {
    lock.lock();
    try {
      if (closed) {
        return Optional.of(closed());
      }
      int count = append.batch().size();
      if (records + count > settings.queueRecordsMax()
          || bytes + append.bytes() > settings.queueBytesMax()) {
        return Optional.of(
            new LogException(
                LogException.Reason.QUEUE_FULL,
                "append queue full: " + records + " records, " + bytes + " bytes wait"));
      }
      records += count;
      bytes += append.bytes();
      ordered.add(append);
      arrived.signal();
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /// Takes a job behind the appends before it.
  Optional<LogException> offer(Job job) {
    return offerJob(job, ordered);
  }

  /// Takes a job that gives way to appends.
  Optional<LogException> offerBackground(Job job) {
    return offerJob(job, background);
  }

  private Optional<LogException> offerJob(Job job, ArrayDeque<? super Job> queue) {
    lock.lock();
    try {
      if (closed) {
        return Optional.of(closed());
      }
      if (jobs >= settings.jobQueueMax()
          || (jobBytes > 0 && jobBytes + job.bytes() > settings.snapshotQueueBytesMax())) {
        return Optional.of(
            new LogException(
                LogException.Reason.QUEUE_FULL,
                "job queue full: " + jobs + " jobs, " + jobBytes + " bytes wait"));
      }
      jobs++;
      jobBytes += job.bytes();
      queue.add(job);
      arrived.signal();
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /// Waits up to `nanos` for work. An empty round means that the time is over.
  Round next(long nanos) throws InterruptedException {
    lock.lock();
    try {
      long left = nanos;
      while (ordered.isEmpty() && background.isEmpty() && !closed && left > 0) {
        left = arrived.awaitNanos(left);
      }
      List<Append> group = takeGroup();
      Optional<Job> job = takeJob(group.isEmpty());
      return new Round(
          group, job, closed && group.isEmpty() && job.isEmpty() && background.isEmpty());
    } finally {
      lock.unlock();
    }
  }

  private List<Append> takeGroup() {
    List<Append> group = new ArrayList<>();
    int count = 0;
    while (ordered.peek() instanceof Append append && count < settings.groupRecordsMax()) {
      int size = append.batch().size();
      if (count > 0 && count + size > settings.groupRecordsMax()) {
        break;
      }
      ordered.remove();
      group.add(append);
      count += size;
      bytes -= append.bytes();
    }
    records -= count;
    return group;
  }

  private Optional<Job> takeJob(boolean noAppends) {
    if (noAppends && ordered.peek() instanceof Job) {
      return ordered.poll() instanceof Job job ? Optional.of(left(job)) : Optional.empty();
    }
    Job job = background.poll();
    return job == null ? Optional.empty() : Optional.of(left(job));
  }

  private Job left(Job job) {
    jobs--;
    jobBytes -= job.bytes();
    return job;
  }

  /// Refuses what comes from now on; what was taken is still done.
  void close() {
    lock.lock();
    try {
      closed = true;
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  int records() {
    lock.lock();
    try {
      return records;
    } finally {
      lock.unlock();
    }
  }

  long bytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  private static LogException closed() {
    return new LogException(LogException.Reason.CLOSED, "the log is closed");
  }
}
