package vn.truc.log;

/// The names of everything a log has in Redis (drawn in docs/LOG.md). All but the pointer carry the
/// log's id, so what belongs to one log is never mistaken for another's.
///
/// @param logId the id in record 1
record RedisKeys(String logId) {
  /// How every name of ours begins.
  static final String PREFIX = "truc:";

  /// Names the log of this database.
  static final String POINTER = PREFIX + "log";

  private String of(String rest) {
    return PREFIX + "{" + logId + "}:" + rest;
  }

  /// The stream of records.
  String stream() {
    return of("records");
  }

  /// The stream of older versions, whose records may hold members that their types do not know.
  String oldStream() {
    return of("log");
  }

  /// What is being made of that; becomes the stream.
  String copy() {
    return of("copy");
  }

  String copyLock() {
    return of("copy:lock");
  }

  /// Sorted set: stream ids by position, every so often.
  String index() {
    return of("index");
  }

  /// The id of a restored log.
  String newestId() {
    return of("id");
  }

  /// Hash: what a restore knows to be missing of the stream.
  String gap() {
    return of("gap");
  }

  /// Hash: keys, clock and configuration at some position, for verbs.
  String brief() {
    return of("brief");
  }

  String secret(String name) {
    return of("secret:" + name);
  }

  /// The personal fields one record refers to.
  String personal(String reference) {
    return of("personal:" + reference);
  }

  /// The references of one case.
  String personalOfCase(String caseName) {
    return of("personal:of:" + caseName);
  }

  /// Sorted set: references by the moment they expire.
  String personalExpiry() {
    return of("personal:expiry");
  }

  /// Set: the lines of the list of erasures.
  String erased() {
    return of("erased");
  }

  /// There while expired or erased fields may still stand in the journal.
  String journalOwed() {
    return of("journal:owed");
  }

  /// There while the journal was rewritten lately.
  String journalDone() {
    return of("journal:done");
  }

  /// A small write, after one that was refused; expires.
  String probe() {
    return of("probe");
  }

  /// Hash: what each snapshot consists of, by number; empty while it is written.
  String snapshots() {
    return of("snapshots");
  }

  String snapshotNumber() {
    return of("snapshots:number");
  }

  String snapshotLock() {
    return of("snapshots:lock");
  }

  /// Hash: the chunks of one snapshot.
  String snapshot(long number) {
    return snapshotsBegin() + number;
  }

  /// What the names of all those begin with.
  String snapshotsBegin() {
    return of("snapshot:");
  }
}
