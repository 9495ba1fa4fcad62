package vn.truc.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vn.truc.access.AccessRules;
import vn.truc.access.AccessSettings;
import vn.truc.access.DashboardTokens;
import vn.truc.access.Role;
import vn.truc.access.TokenRegister;
import vn.truc.board.Board;
import vn.truc.board.BoardConfig;
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
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient http = HttpClient.newHttpClient();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final HeavyReads reads =
      new HeavyReads(
          vertx,
          new HttpSettings(1_000, 60_000, 10_000, 1, 6, List.of()),
          new RequestFaults(registry),
          registry);
  private final Board board =
      new Board(
          new BoardConfig(List.of(agency("so-a"), agency("so-b")), List.of(), List.of(), List.of()),
          BoardSettings.defaults(),
          new Random(1));
  private final DashboardTokens tokens =
      new DashboardTokens(
          Buffer.buffer("0123456789abcdef".repeat(4)),
          InstantSource.system(),
          new TokenRegister(),
          AccessSettings.defaults());
  private final Deque<Runnable> held = new ArrayDeque<>();
  private int port;
  private long position;
  private final AtomicInteger looks = new AtomicInteger();

  private static BoardConfig.Agency agency(String id) {
    return new BoardConfig.Agency(id, id, id, Optional.empty(), "department");
  }

  @BeforeEach
  void start() {
    AccessRules rules = new AccessRules(Map.of("so-a", "", "so-b", ""), Set.of(), Set.of());
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
    Router router = Router.router(vertx);
    router.get("/held").handler(context -> reads.answer(context, "other", call -> held(call)));
    router
        .get("/move/:agency")
        .handler(
            context -> {
              board.apply(moved(Parameters.path(context, "agency")));
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
            reads, board, BoardSettings.defaults(), new Authority(tokens, () -> rules), personal)
        .mount(router);
    port =
        vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1").await().actualPort();
  }

  @AfterEach
  void stop() {
    http.shutdownNow();
    vertx.close().await();
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

  private CompletableFuture<HttpResponse<String>> ask(String path, String scope) {
    String token = tokens.issue(Role.AGENCY, scope, "an", Duration.ofHours(1), "test").token();
    return http.sendAsync(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("Authorization", "Bearer " + token)
            .build(),
        BodyHandlers.ofString());
  }

  private HttpResponse<String> caseReadBehindAnother(Runnable meanwhile) {
    ask("/move/so-a", "so-a").join();
    var other = ask("/held", "so-a");
    until(List.of(1, 0, 0));
    var shown = ask("/api/v1/cases/feedback/PA-1", "so-a");
    until(List.of(1, 1, 0));
    meanwhile.run();
    ask("/release", "so-a").join();
    other.cancel(true);
    return shown.join();
  }

  private void until(List<Integer> counts) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!reads.counts().equals(counts)) {
      assertTrue(System.nanoTime() < end, () -> "never; " + reads.counts());
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  void aCaseThatLeftTheScopeWhileTheReadWaitedIsNotShown() {
    HttpResponse<String> answer = caseReadBehindAnother(() -> ask("/move/so-b", "so-a").join());
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
