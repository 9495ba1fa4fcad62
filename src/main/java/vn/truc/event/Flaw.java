package vn.truc.event;

/// Why an event is refused, before its place in the request is known.
///
/// @param json whether the bytes were JSON text at all
record Flaw(Rejection.Reason reason, String field, String message, boolean json) {

  static Flaw of(Rejection.Reason reason, String field, String message) {
    return new Flaw(reason, field, message, true);
  }

  static Flaw missing(String field) {
    return of(Rejection.Reason.MISSING_FIELD, field, "required and absent");
  }

  static Flaw empty(String field) {
    return of(Rejection.Reason.EMPTY_FIELD, field, "must not be empty");
  }

  static Flaw invalid(String field, String message) {
    return of(Rejection.Reason.INVALID_FIELD, field, message);
  }

  static Flaw tooLong(String field, int charsMax) {
    return of(
        Rejection.Reason.TOO_LONG, field, "longer than the limit of " + charsMax + " characters");
  }

  /// The same flaw, seen from one object further out.
  Flaw below(String parent) {
    return new Flaw(reason, field.isEmpty() ? parent : parent + "." + field, message, json);
  }
}
