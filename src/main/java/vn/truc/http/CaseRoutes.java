package vn.truc.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import vn.truc.access.Access;
import vn.truc.access.AccessRules;
import vn.truc.access.Scope;
import vn.truc.board.Board;
import vn.truc.board.BoardSettings;
import vn.truc.board.CaseFilter;
import vn.truc.board.CaseScan;
import vn.truc.board.CaseSummary;
import vn.truc.event.CaseCode;
import vn.truc.event.CaseKind;
import vn.truc.loop.Turns;

/// Lists of cases, and one case with its history. Personal fields go to those who may see them
/// only, after the look itself is in the log.
public final class CaseRoutes {
  private static final String OUTSIDE = "the case is outside the token's scope";
  private static final int LIMIT_DEFAULT = 100;
  private static final int READS_AT_ONCE = 32;
  private static final int LIMIT_MAX = 1000;

  private final Vertx vertx;
  private final Board board;
  private final BoardSettings settings;
  private final Authority authority;
  private final PersonalFields personal;

  /// What the routes ask about personal fields.
  public interface PersonalFields {
    /// The fields beside a record as JSON; empty when there are none.
    Future<Optional<String>> beside(long position);

    /// Records that somebody looks; completes when that is durable.
    Future<Void> recordLook(String user, CaseKind kind, String code);
  }

  public CaseRoutes(
      Vertx vertx,
      Board board,
      BoardSettings settings,
      Authority authority,
      PersonalFields personal) {
    this.vertx = vertx;
    this.board = board;
    this.settings = settings;
    this.authority = authority;
    this.personal = personal;
  }

  /// Adds the routes.
  public void mount(Router router) {
    Methods.get(router, "/api/v1/cases", this::list);
    Methods.get(router, "/api/v1/cases/:kind/:code", this::one);
  }

  private void list(RoutingContext context) {
    Optional<Access.Granted> granted = authority.granted(context);
    if (granted.isEmpty()) {
      return;
    }
    try {
      scan(context, board.cases(filter(context, granted.get())));
    } catch (Parameters.FaultException e) {
      e.answer(context);
    } catch (OutsideException e) {
      Refusals.forbidden(context, e.getMessage() + "");
    }
  }

  private void scan(RoutingContext context, CaseScan scan) {
    if (context.response().closed()) {
      return;
    }
    if (scan.step(settings.scanCasesMax())) {
      Answer.json(context, scan.json());
    } else {
      Turns.next(vertx.getOrCreateContext(), () -> scan(context, scan));
    }
  }

  private CaseFilter filter(RoutingContext context, Access.Granted granted) {
    CaseKind kind =
        CaseKind.of(Parameters.required(context, "kind"))
            .orElseThrow(() -> new Parameters.FaultException("kind", "is feedback or dossier"));
    Optional<CaseFilter.State> state =
        Parameters.text(context, "state").map(name -> state(kind, name));
    Optional<String> agency = Parameters.text(context, "agency");
    Optional<String> area = Parameters.text(context, "area");
    Optional<String> field = Parameters.text(context, "field");
    AccessRules rules = authority.rules();
    known("agency", agency, id -> rules.scope(id) instanceof Scope.Agency);
    known("area", area, id -> rules.scope(id) instanceof Scope.Area);
    known("field", field, id -> rules.scope("field:" + id) instanceof Scope.Field);
    Optional<String> within = Optional.empty();
    boolean unassigned = false;
    switch (rules.scope(granted.scope())) {
      case Scope.Province _ -> {}
      case Scope.Unassigned _ -> unassigned = true;
      case Scope.Agency(String own) -> {
        if (agency.isPresent() && !rules.mayRead(granted, agency.get())) {
          throw new OutsideException("agency");
        }
        within = Optional.of(own);
      }
      case Scope.Area(String own) -> area = narrowed("area", area, own);
      case Scope.Field(String own) -> field = narrowed("field", field, own);
      case Scope.Source _, Scope.None _ -> throw new OutsideException("scope");
    }
    return new CaseFilter(
        kind,
        state,
        agency,
        within,
        unassigned,
        area,
        field,
        Parameters.integer(context, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT),
        cursor(context));
  }

  private static Optional<String> narrowed(String name, Optional<String> asked, String own) {
    if (asked.isPresent() && !asked.get().equals(own)) {
      throw new OutsideException(name);
    }
    return Optional.of(own);
  }

  private static CaseFilter.State state(CaseKind kind, String name) {
    return CaseFilter.State.of(kind, name)
        .orElseThrow(
            () ->
                new Parameters.FaultException(
                    "state", "of " + kind.label() + " is one of " + CaseFilter.State.names(kind)));
  }

  /// A filter asks for what the token does not reach, whether that exists or not.
  private static final class OutsideException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OutsideException(String name) {
      super("'" + name + "' is outside the token's scope");
    }
  }

  private static void known(String name, Optional<String> id, Predicate<String> exists) {
    if (id.isPresent() && !exists.test(id.get())) {
      throw new Parameters.FaultException(name, "'" + id.get() + "' is not configured");
    }
  }

  private static String cursor(RoutingContext context) {
    Optional<String> cursor = Parameters.text(context, "cursor");
    if (cursor.isEmpty()) {
      return "";
    }
    try {
      return new String(Base64.getUrlDecoder().decode(cursor.get()), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new Parameters.FaultException("cursor", "is not one of this list");
    }
  }

  private void one(RoutingContext context) {
    Optional<Access.Granted> granted = authority.granted(context);
    if (granted.isEmpty()) {
      return;
    }
    Optional<CaseKind> kind = CaseKind.of(Parameters.path(context, "kind"));
    String code = CaseCode.normal(Parameters.path(context, "code"));
    Optional<CaseSummary> summary = kind.flatMap(known -> board.summary(known, code));
    AccessRules rules = authority.rules();
    if (summary.isEmpty()) {
      // who does not see everything must not learn here which codes there are
      if (rules.scope(granted.get().scope()) instanceof Scope.Province) {
        Refusals.notFound(context, "code", "there is no such case");
      } else {
        Refusals.forbidden(context, OUTSIDE);
      }
      return;
    }
    CaseSummary at = summary.get();
    if (!rules.mayReadCase(granted.get(), id(at.agency()), id(at.area()), id(at.field()))) {
      Refusals.forbidden(context, OUTSIDE);
      return;
    }
    String json = board.caseJson(at.kind(), code).orElseThrow();
    if (rules.mayReadPersonal(granted.get(), id(at.agency()), id(at.area()), id(at.field()))) {
      withPersonal(context, granted.get(), at, json);
    } else {
      Answer.json(context, json);
    }
  }

  private static Optional<String> id(String text) {
    return Optional.of(text).filter(value -> !value.isEmpty());
  }

  /// Reads what lies beside the records from one of them on, a few at a time: a long case must not
  /// fill the queue of the log's reader.
  private Future<JsonArray> beside(List<Long> positions, int from, JsonArray found) {
    if (from >= positions.size()) {
      return Future.succeededFuture(found);
    }
    List<Long> few = positions.subList(from, Math.min(positions.size(), from + READS_AT_ONCE));
    return Future.all(few.stream().map(personal::beside).toList())
        .compose(
            all -> {
              for (int i = 0; i < few.size(); i++) {
                Optional<String> fields = all.resultAt(i);
                String position = Long.toString(few.get(i));
                fields.ifPresent(text -> found.add(new JsonObject(text).put("position", position)));
              }
              return beside(positions, from + READS_AT_ONCE, found);
            });
  }

  private void withPersonal(
      RoutingContext context, Access.Granted granted, CaseSummary at, String json) {
    beside(board.positionsOf(at.kind(), at.code()), 0, new JsonArray())
        .compose(
            found ->
                found.isEmpty()
                    ? Future.succeededFuture(found)
                    : personal.recordLook(granted.user(), at.kind(), at.code()).map(found))
        .onSuccess(
            found ->
                Answer.json(
                    context,
                    json.substring(0, json.length() - 1) + ",\"personal\":" + found.encode() + "}"))
        .onFailure(
            _ ->
                Refusals.unavailable(
                    context,
                    "personal fields are not shown while they cannot be read and the look recorded"));
  }
}
