package vn.truc.log;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.nio.file.Path;

/// The SQLite engine keeps the contract, and what it promises beside.
final class SqliteEventLogTest extends EventLogContract {
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @Override
  Future<SqliteEventLog> openLog(Path dir, LogSettings settings) {
    return SqliteEventLog.open(vertx, dir, settings, registry);
  }
}
