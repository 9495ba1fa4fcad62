package vn.truc.board;

import vn.truc.event.CaseKind;

/// Where one case stands. Texts are empty where the case has none; instants are microseconds since
/// 1970, `Long.MIN_VALUE` where there is none.
///
/// @param status the newest known status in words (`in-progress`, `4`); empty when there is none
/// @param open received and neither done nor ended
/// @param overdue open and past due
/// @param statusUnknown whether it has no status because those it was given are not known
/// @param dueNotTaken whether it has no due date because the one it was given can be none
public record CaseSummary(
    CaseKind kind,
    String code,
    String status,
    String agency,
    String area,
    String field,
    String channel,
    long receivedAtMicros,
    long dueAtMicros,
    boolean open,
    boolean nearDue,
    boolean overdue,
    boolean voided,
    boolean dueNotTaken,
    boolean statusUnknown) {}
