package vn.truc.http;

import io.vertx.core.Future;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Predicate;
import vn.truc.access.Access;
import vn.truc.access.AccessRules;
import vn.truc.access.Scope;
import vn.truc.board.Board;
import vn.truc.board.BoardSettings;
import vn.truc.board.CaseDetail;
import vn.truc.board.CaseFilter;
import vn.truc.board.CaseScan;
import vn.truc.board.CaseSummary;
import vn.truc.event.CaseCode;
import vn.truc.event.CaseKind;

/// Lists of cases, and one case with its history. Personal fields go to those who may see them
/// only, after the look itself is in the log.
public final class CaseRoutes {
  private static final String OUTSIDE = "the case is outside the token's scope";
  private static final String NO_CURSOR = "is not one of this list; begin without one";
  private static final int LIMIT_DEFAULT = 100;
  private static final int LIMIT_MAX = 1000;

  private final HeavyReads reads;
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
      HeavyReads reads,
      Board board,
      BoardSettings settings,
      Authority authority,
      PersonalFields personal) {
    this.reads = reads;
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
      Parameters.only(context, "kind", "state", "agency", "area", "field", "limit", "cursor");
      CaseFilter filter = filter(context, granted.get());
      reads.answer(context, granted.get().user(), _ -> scan(context, board.cases(filter)));
    } catch (Parameters.FaultException e) {
      e.answer(context);
    } catch (OutsideException e) {
      Refusals.forbidden(context, e.getMessage() + "");
    }
  }

  private HeavyReads.Read scan(RoutingContext context, CaseScan scan) {
    return () -> {
      if (scan.step(settings.scanCasesMax())) {
        Answer.json(context, scan.json());
        return HeavyReads.Next.DONE;
      }
      return HeavyReads.Next.MORE;
    };
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
      byte[] bytes = Base64.getUrlDecoder().decode(cursor.get());
      String code = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (!code.isEmpty() && CaseCode.normal(code).equals(code)) {
        return code;
      }
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw new Parameters.FaultException("cursor", NO_CURSOR);
    }
    throw new Parameters.FaultException("cursor", NO_CURSOR);
  }

  private void one(RoutingContext context) {
    Optional<Access.Granted> granted = authority.granted(context);
    if (granted.isEmpty()) {
      return;
    }
    if (reached(context, granted.get()).isPresent()) {
      reads.answer(context, granted.get().user(), goOn -> read(context, goOn));
    }
  }

  /// Who asks may have waited, and the case may have left the token's scope by now: it is judged
  /// again in the very turn that takes what is shown.
  private HeavyReads.Read read(RoutingContext context, Runnable goOn) {
    Optional<Access.Granted> granted = authority.granted(context);
    Optional<CaseSummary> reached = granted.flatMap(one -> reached(context, one));
    if (granted.isEmpty() || reached.isEmpty()) {
      return () -> HeavyReads.Next.DONE;
    }
    CaseSummary at = reached.get();
    CaseDetail detail = board.caseDetail(at.kind(), at.code()).orElseThrow();
    boolean personally =
        authority
            .rules()
            .mayReadPersonal(granted.get(), id(at.agency()), id(at.area()), id(at.field()));
    return new CaseRead(
        context,
        detail,
        personally ? Optional.of(beside(granted.get(), at, detail)) : Optional.empty(),
        goOn);
  }

  /// The case asked for, where the token reaches it; empty after the request was refused.
  private Optional<CaseSummary> reached(RoutingContext context, Access.Granted granted) {
    Optional<CaseKind> kind = CaseKind.of(Parameters.path(context, "kind"));
    String code = CaseCode.normal(Parameters.path(context, "code"));
    Optional<CaseSummary> summary = kind.flatMap(known -> board.summary(known, code));
    AccessRules rules = authority.rules();
    if (summary.isEmpty()) {
      // who does not see everything must not learn here which codes there are
      if (rules.scope(granted.scope()) instanceof Scope.Province) {
        Refusals.notFound(context, "code", "there is no such case");
      } else {
        Refusals.forbidden(context, OUTSIDE);
      }
      return Optional.empty();
    }
    CaseSummary at = summary.get();
    if (!rules.mayReadCase(granted, id(at.agency()), id(at.area()), id(at.field()))) {
      Refusals.forbidden(context, OUTSIDE);
      return Optional.empty();
    }
    return summary;
  }

  private CaseRead.Beside beside(Access.Granted granted, CaseSummary at, CaseDetail detail) {
    return new CaseRead.Beside(
        detail.positions(),
        personal,
        () -> personal.recordLook(granted.user(), at.kind(), at.code()));
  }

  private static Optional<String> id(String text) {
    return Optional.of(text).filter(value -> !value.isEmpty());
  }
}
