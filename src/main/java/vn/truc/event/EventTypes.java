package vn.truc.event;

/// The CloudEvents types this house knows (design, section 3).
public final class EventTypes {
  /// Prefix of facts from outside.
  public static final String OUTSIDE_PREFIX = "vn.ioc.";

  /// Prefix of the internal records; refused from outside.
  public static final String INTERNAL_PREFIX = "vn.truc.";

  public static final String DOSSIER_STATUS = "vn.ioc.dossier.status";
  public static final String DOSSIER_RATED = "vn.ioc.dossier.rated";
  public static final String FEEDBACK_STATUS = "vn.ioc.feedback.status";
  public static final String FEEDBACK_RATED = "vn.ioc.feedback.rated";
  public static final String CASE_VOIDED = "vn.ioc.case.voided";
  public static final String PORTAL_TRAFFIC = "vn.ioc.portal.traffic";
  public static final String INDICATOR_REPORTED = "vn.ioc.indicator.reported";
  public static final String SOURCE_HEARTBEAT = "vn.ioc.source.heartbeat";

  /// Record 1 of every log; data `{"id": log id}`.
  public static final String LOG_CREATED = "vn.truc.log.created";

  /// A restored log takes a new id; data `{"id": log id}`.
  public static final String LOG_RESTORED = "vn.truc.log.restored";

  /// What somebody else wrote into the log's stream: it has a position and says nothing. Made when
  /// the entry is read, never written.
  public static final String LOG_FOREIGN = "vn.truc.log.foreign";

  /// Configuration the folds read; data `{"files": {name: text}, "hash": hex}`.
  public static final String CONFIG_APPLIED = "vn.truc.config.applied";

  /// The domain clock; data `{"domain": RFC 3339, "real": RFC 3339, "speed": number}`.
  public static final String CLOCK_SET = "vn.truc.clock.set";

  /// A source key; data `{"key": key id, "hash": hex of SHA-256, "source": URI, "name": text,
  /// "test": bool}`.
  public static final String KEY_ADDED = "vn.truc.key.added";

  /// A source key withdrawn; data `{"key": key id}`.
  public static final String KEY_REVOKED = "vn.truc.key.revoked";

  /// A dashboard token issued by hand; data `{"id": jti, "user": name, "role": role, "scope":
  /// scope, "issuedAt": s, "expiresAt": s, "by": name}`, times in seconds since 1970, real time.
  public static final String TOKEN_ISSUED = "vn.truc.token.issued";

  /// A token ended, `{"id": jti, "at": s, "by": name}`, or all of a user that were issued first by
  /// then, `{"user": name, "at": s, "by": name}`.
  public static final String TOKEN_REVOKED = "vn.truc.token.revoked";

  /// Another secret signs tokens; data `{"generation": number, "by": name}`.
  public static final String TOKEN_ROTATED = "vn.truc.token.rotated";

  /// Somebody looked at personal fields; data `{"user": name, "kind": kind, "code": code}`.
  public static final String PERSONAL_READ = "vn.truc.personal.read";

  /// Personal fields of a case were erased; data `{"kind": kind, "code": code, "by": name}`.
  public static final String PERSONAL_ERASED = "vn.truc.personal.erased";

  private EventTypes() {}
}
