package vn.truc.log;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is wrong with the store, seen from this node, and since when; tells changes to the log
/// file. Written on the engine's context, read from any.
final class RedisCondition {
  private static final Logger LOG = LoggerFactory.getLogger(RedisCondition.class);

  /// How far this node is from following the log live.
  enum Course {
    /// The store cannot be reached.
    AWAY,
    /// It answers, and is not the one we know.
    REFUSED,
    /// What came meanwhile is being read.
    READING,
    /// Everything comes as it is written.
    LIVE
  }

  private final RedisAddress address;
  private volatile Course course = Course.AWAY;
  private volatile String cause = "not connected yet";
  private volatile @Nullable String fault;
  private volatile long heardMicros = SqliteStore.micros(Instant.now());
  private String told = "";

  RedisCondition(RedisAddress address) {
    this.address = address;
  }

  /// The store answered on the connection that follows.
  void heard() {
    heardMicros = SqliteStore.micros(Instant.now());
  }

  void away(Throwable reason) {
    course = Course.AWAY;
    cause = reason.getMessage() == null ? reason.toString() : reason.getMessage();
    tell();
  }

  void refused(Throwable reason) {
    course = Course.REFUSED;
    cause = reason.getMessage() == null ? reason.toString() : reason.getMessage();
    tell();
  }

  void reading() {
    course = Course.READING;
    tell();
  }

  void live() {
    course = Course.LIVE;
    tell();
  }

  /// A setting that loses records, or an append the store would not take; empty when mended.
  void fault(Optional<String> what) {
    fault = what.orElse(null);
    if (isLive()) {
      tell();
    }
  }

  Course course() {
    return course;
  }

  boolean isLive() {
    return course == Course.LIVE;
  }

  /// Since when records may be missing here, microseconds since 1970; the moment the store was last
  /// heard.
  long heardMicros() {
    return heardMicros;
  }

  /// Why appends are not taken; empty when they are.
  Optional<String> trouble() {
    return switch (course) {
      case AWAY -> Optional.of("the store " + address + " cannot be reached: " + cause);
      case REFUSED -> Optional.of(cause + "; nothing is written");
      case READING -> Optional.of("the log in " + address + " is being read");
      case LIVE -> Optional.ofNullable(fault);
    };
  }

  private void tell() {
    boolean lasting = course == Course.REFUSED;
    String now = course == Course.READING ? told : trouble().orElse("");
    if (now.equals(told)) {
      return;
    }
    boolean wasWritable = told.isEmpty();
    told = now;
    if (now.isEmpty()) {
      LOG.info("log_writable store={}", address);
    } else if (wasWritable || lasting) {
      LOG.error("log_unwritable lasting={} store={} cause={}", lasting, address, now);
    }
  }
}
