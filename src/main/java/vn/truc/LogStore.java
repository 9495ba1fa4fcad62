package vn.truc;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import vn.truc.cli.AdminSocket;
import vn.truc.cli.ServerOptions;
import vn.truc.cli.VerbException;
import vn.truc.event.LogRecord;
import vn.truc.log.EventLog;
import vn.truc.log.LogException;
import vn.truc.log.Records;
import vn.truc.log.RedisAddress;
import vn.truc.log.RedisEventLog;
import vn.truc.log.RedisRestore;
import vn.truc.log.SqliteEventLog;
import vn.truc.log.SqliteRecords;

/// Where a process finds its log: the data folder, or the Redis that `--store` names.
///
/// @param folder the data folder
/// @param staying whether this process serves; one that only comes by for a verb leaves no note of
/// what it saw in Redis, and works beside the server whose folder it is
record LogStore(ServerOptions options, Path folder, boolean staying) {
  /// How long a start waits for a verb to be through with the folder.
  private static final long OWNED_NANOS = TimeUnit.SECONDS.toNanos(20);

  private static final long LOOK_MILLIS = 50;

  /// Whether what lies beside the log is this process's to keep: a verb that comes by a log in
  /// Redis leaves that to the nodes.
  boolean keepsLists() {
    return staying || !options.onRedis();
  }

  /// Opens the log to read it and nothing else; in SQLite beside the process that owns it.
  ///
  /// @param files the configuration that a log in Redis begins with
  Future<? extends Records> reader(Vertx vertx, Map<String, String> files, Settings settings) {
    return options.onRedis()
        ? open(vertx, files, settings, new SimpleMeterRegistry())
        : Future.succeededFuture(SqliteRecords.open(vertx, folder, settings.log()));
  }

  /// Opens the log.
  ///
  /// @param files the configuration that a log in Redis begins with
  Future<? extends EventLog> open(
      Vertx vertx, Map<String, String> files, Settings settings, MeterRegistry registry) {
    if (!options.onRedis()) {
      return patiently(
          vertx,
          System.nanoTime() + (staying ? OWNED_NANOS : 0),
          () ->
              SqliteEventLog.open(
                  vertx, folder, settings.log(), settings.retention().personal(), registry));
    }
    List<LogRecord> birth = List.of(AppliedConfig.record(files, DomainClock.micros(Instant.now())));
    RedisEventLog.Visit visit = staying ? RedisEventLog.Visit.STAYING : RedisEventLog.Visit.PASSING;
    return begun(() -> RedisEventLog.open(vertx, redis(settings, birth, visit), registry));
  }

  /// Opens it again while another process has the folder: a verb that was called beside the start
  /// is soon gone. A server that has it answers, and is not waited for.
  private <T> Future<T> patiently(Vertx vertx, long untilNanos, Supplier<Future<T>> opening) {
    return opening
        .get()
        .recover(
            failure -> {
              boolean owned =
                  failure instanceof LogException known
                      && known.reason() == LogException.Reason.OWNED;
              if (!owned || System.nanoTime() >= untilNanos || AdminSocket.answersIn(folder)) {
                return Future.failedFuture(failure);
              }
              return vertx
                  .timer(LOOK_MILLIS, TimeUnit.MILLISECONDS)
                  .compose(_ -> patiently(vertx, untilNanos, opening));
            });
  }

  /// Declares that an older copy of the log was put back into the Redis it is in.
  Future<RedisRestore.Restored> restored(Vertx vertx, Settings settings) {
    RedisEventLog.Visit visit = RedisEventLog.Visit.RESTORING;
    return begun(() -> RedisRestore.declare(vertx, redis(settings, List.of(), visit)));
  }

  private RedisEventLog.Plan redis(
      Settings settings, List<LogRecord> birth, RedisEventLog.Visit visit) {
    try {
      return new RedisEventLog.Plan(
          RedisAddress.of(options.store()),
          settings.log(),
          settings.redis(),
          birth,
          folder,
          visit,
          settings.retention().personal());
    } catch (IllegalArgumentException e) {
      throw new VerbException("--store: " + e.getMessage(), e);
    }
  }

  private static <T> Future<T> begun(Supplier<Future<T>> work) {
    return Future.succeededFuture().compose(_ -> work.get());
  }
}
