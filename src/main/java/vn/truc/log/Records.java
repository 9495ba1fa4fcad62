package vn.truc.log;

import io.vertx.core.Future;
import io.vertx.core.streams.ReadStream;
import java.util.List;
import vn.truc.event.LogRecord;

/// The records of a log, to be read and nothing else: what every [EventLog] is, and what a reader
/// beside the owner gets.
public interface Records {

  /// The position of the newest durable record known here; 0 in an empty log.
  long head();

  /// The records after a position, in order, in batches: all up to the head at least. Back-pressure
  /// by `pause`, `resume`, `fetch` (counted in batches); a failure goes to the exception handler.
  ReadStream<List<LogRecord>> follow(long after);

  /// Ends reading.
  Future<Void> close();
}
