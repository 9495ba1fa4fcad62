package vn.truc.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.net.http.HttpResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vn.truc.access.Role;
import vn.truc.board.BoardSettings;
import vn.truc.event.Attribute;
import vn.truc.event.Attributes;
import vn.truc.event.CaseKind;
import vn.truc.event.Event.CaseFact;
import vn.truc.event.EventTypes;
import vn.truc.event.FeedbackStatus;
import vn.truc.event.LogRecord;

/// Who may see a case was judged when it was asked for, and the case was taken when its turn came:
/// where other reads stood before it, a case that had left the token's scope meanwhile was shown,
/// personal fields and all.
class CaseRoutesTest {
  private final ReadsServer server = new ReadsServer(1);
  private final Deque<Runnable> held = new ArrayDeque<>();
  private final AtomicInteger looks = new AtomicInteger();
  private long position;

  @BeforeEach
  void start() {
    CaseRoutes.PersonalFields personal =
        new CaseRoutes.PersonalFields() {
          @Override
          public Future<Optional<String>> beside(long at) {
            return Future.succeededFuture(Optional.of("{\"text\":\"Nguyễn Văn A\"}"));
          }

          @Override
          public Future<Void> recordLook(String user, CaseKind kind, String code) {
            looks.incrementAndGet();
            return Future.succeededFuture();
          }
        };
    Router router = server.router();
    router
        .get("/held")
        .handler(context -> server.reads().answer(context, "other", call -> held(call)));
    router
        .get("/move/:agency")
        .handler(
            context -> {
              server.board().apply(moved(Parameters.path(context, "agency")));
              context.end();
            });
    router
        .get("/release")
        .handler(
            context -> {
              held.remove().run();
              context.end();
            });
    new CaseRoutes(
            server.reads(), server.board(), BoardSettings.defaults(), server.authority(), personal)
        .mount(router);
    server.listen();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /// Has the only place among the reads at work until it is let go.
  private HeavyReads.Read held(Runnable call) {
    held.add(call);
    return () -> held.isEmpty() ? HeavyReads.Next.DONE : HeavyReads.Next.STORE;
  }

  private LogRecord moved(String agency) {
    position++;
    long time = 1_795_000_000_000_000L + position;
    Attributes changes = new Attributes.Builder().set(Attribute.AGENCY, agency).build();
    return new LogRecord(
        position,
        LogRecord.SCHEMA,
        EventTypes.FEEDBACK_STATUS,
        "/hotline/1022",
        "e-" + position,
        "PA-1",
        time,
        null,
        time,
        "k1",
        null,
        "{}",
        new CaseFact(
            CaseKind.FEEDBACK,
            CaseFact.Form.STATUS,
            FeedbackStatus.ASSIGNED.code(),
            changes,
            position));
  }

  private CompletableFuture<HttpResponse<String>> ask(String path) {
    return server.ask(path, Role.AGENCY, "so-a");
  }

  private HttpResponse<String> caseReadBehindAnother(Runnable meanwhile) {
    ask("/move/so-a").join();
    var other = ask("/held");
    server.until(1, 0, 0);
    var shown = ask("/api/v1/cases/feedback/PA-1");
    server.until(1, 1, 0);
    meanwhile.run();
    ask("/release").join();
    other.cancel(true);
    return shown.join();
  }

  @Test
  void aCaseThatLeftTheScopeWhileTheReadWaitedIsNotShown() {
    HttpResponse<String> answer = caseReadBehindAnother(() -> ask("/move/so-b").join());
    assertEquals(403, answer.statusCode(), answer::body);
    assertEquals(0, looks.get());
  }

  @Test
  void aCaseThatStayedIsShownWithItsPersonalFieldsAfterTheLook() {
    HttpResponse<String> answer = caseReadBehindAnother(() -> {});
    assertEquals(200, answer.statusCode(), answer::body);
    assertEquals(1, new JsonObject(answer.body()).getJsonArray("personal").size());
    assertEquals(1, looks.get());
  }
}
