package vn.truc.log;

import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import vn.truc.testing.MemoryEventLog;

/// The contract of every engine, kept by the double the other tests use: what they find holds for
/// the engines. It answered `personal` of a position that is not there with an exception, knew no
/// bound and no end, and gave everybody one secret.
class MemoryEventLogTest extends EventLogContract {
  private final Map<Path, MemoryEventLog.Store> stores = new HashMap<>();

  @Override
  Future<? extends EventLog> openLog(Path dir, LogSettings settings) {
    MemoryEventLog.Store store = stores.computeIfAbsent(dir, _ -> new MemoryEventLog.Store());
    return Future.succeededFuture(MemoryEventLog.open(vertx, store, settings));
  }
}
