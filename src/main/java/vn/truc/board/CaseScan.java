package vn.truc.board;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.TreeMap;

/// Looks for the cases of a list, slice by slice: those behind the cursor, in the order of their
/// codes as UTF-8 bytes, at most so many. Belongs to the board's context.
public final class CaseScan {
  private final CaseStore store;
  private final Tally tally;
  private final CaseFilter filter;
  private final byte[] cursor;
  private final Facts facts = new Facts();
  private final CaseState state = new CaseState();
  private final Summaries summaries;

  /// The smallest codes found so far: one more than the page holds tells that another page follows.
  private final TreeMap<byte[], CaseSummary> found = new TreeMap<>(Arrays::compareUnsigned);

  private int at;

  CaseScan(CaseStore store, Tally tally, CaseFilter filter) {
    this.store = store;
    this.tally = tally;
    this.filter = filter;
    cursor = filter.cursor().getBytes(StandardCharsets.UTF_8);
    summaries = new Summaries(store.dictionary());
  }

  /// Looks at so many more cases; true when all were looked at.
  public boolean step(int cases) {
    int end = Math.min(tally.tallied(), at + cases);
    for (; at < end; at++) {
      if (standsRight(at)) {
        consider(at);
      }
    }
    return at >= tally.tallied();
  }

  private boolean standsRight(int number) {
    if (tally.kind(number) != filter.kind()) {
      return false;
    }
    CasePhase phase = tally.phase(number);
    boolean voided = tally.voided(number);
    if (filter.state().isEmpty()) {
      return true;
    }
    CaseFilter.State wanted = filter.state().get();
    if (voided) {
      return wanted == CaseFilter.State.VOIDED;
    }
    return switch (wanted) {
      case WAITING -> phase == CasePhase.WAITING;
      case OPEN, NODUE -> phase.open();
      case UNACCEPTED -> phase == CasePhase.UNACCEPTED;
      case PAUSED -> phase == CasePhase.PAUSED;
      case NEARDUE -> phase.open() && tally.duePhase(number) == DuePhase.NEAR;
      case OVERDUE -> phase.open() && tally.duePhase(number) == DuePhase.PAST;
      case DONE, FINISHED -> phase == CasePhase.DONE;
      case ENDED -> phase == CasePhase.ENDED;
      case VOIDED -> false;
    };
  }

  private void consider(int number) {
    byte[] history = store.history(number);
    facts.of(history);
    if (facts.compareCode(cursor) <= 0) {
      return;
    }
    if (found.size() > filter.limit() && facts.compareCode(found.lastKey()) > 0) {
      return;
    }
    state.of(history);
    CaseSummary summary = summaries.of(state, facts.code(), tally.duePhase(number));
    if (!fits(summary)) {
      return;
    }
    found.put(summary.code().getBytes(StandardCharsets.UTF_8), summary);
    if (found.size() > filter.limit() + 1) {
      found.pollLastEntry();
    }
  }

  private boolean fits(CaseSummary summary) {
    Scopes scopes = tally.scopes();
    boolean noDue = filter.state().filter(CaseFilter.State.NODUE::equals).isPresent();
    return (!noDue || summary.dueAtMicros() == CaseState.NONE)
        && filter.agency().map(id -> scopes.within(summary.agency(), id)).orElse(true)
        && filter.withinAgency().map(id -> scopes.within(summary.agency(), id)).orElse(true)
        && !(filter.unassigned() && scopes.knowsAgency(summary.agency()))
        && filter.area().map(summary.area()::equals).orElse(true)
        && filter.field().map(summary.field()::equals).orElse(true);
  }

  /// The page found, as the JSON answer; `next` is the cursor of the page behind it, or `null`.
  public String json() {
    List<CaseSummary> page = new ArrayList<>(found.values());
    boolean more = page.size() > filter.limit();
    if (more) {
      page.removeLast();
    }
    JsonText json = new JsonText();
    json.open('{').name("cases").open('[');
    for (CaseSummary summary : page) {
      Summaries.write(summary, tally.scopes(), json);
    }
    json.close(']').name("next");
    if (more) {
      json.string(cursorAfter(page.getLast().code()));
    } else {
      json.raw("null");
    }
    return json.close('}').toString();
  }

  private static String cursorAfter(String code) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(code.getBytes(StandardCharsets.UTF_8));
  }
}
