package vn.truc.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vn.truc.access.Role;
import vn.truc.intake.IntakeSettings;
import vn.truc.intake.SourceLedger;

/// A series of ten thousand points was read and written in one piece, which held the loop for tens
/// of milliseconds, and of portals for seconds: it stood among the heavy reads and took no turns.
class SeriesReadTest {
  private static final String PATH = "/api/v1/series?scope=province&metric=";
  private static final String DAYS = "&from=2000-01-01&to=2027-05-01";

  private final ReadsServer server = new ReadsServer(2);
  private int pieces;
  private int began = -1;
  private int ended = -1;

  @BeforeEach
  void start() {
    server
        .router()
        .get("/api/v1/series")
        .handler(
            context -> {
              began = pieces;
              context.addEndHandler(_ -> ended = pieces);
              context.next();
            });
    server
        .router()
        .get("/beside")
        .handler(
            context ->
                server
                    .reads()
                    .answer(
                        context,
                        "other",
                        _ ->
                            () -> {
                              pieces++;
                              if (ended < 0) {
                                return HeavyReads.Next.MORE;
                              }
                              context.end(Integer.toString(ended - began));
                              return HeavyReads.Next.DONE;
                            }));
    new BoardRoutes(
            server.reads(),
            server.board(),
            server.authority(),
            () -> "",
            new SourceLedger(IntakeSettings.defaults()),
            () -> 0,
            UnaryOperator.identity())
        .mount(server.router());
    server.listen();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void anotherReadHasItsTurnsWhileALongSeriesIsRead() throws Exception {
    for (String metric : new String[] {"feedback.open", "feedback.received", "portal.visits"}) {
      ended = -1;
      CompletableFuture<HttpResponse<String>> beside =
          server.ask("/beside", Role.VIEWER, "province");
      server.until(1, 0, 0);
      HttpResponse<String> series = server.ask(PATH + metric + DAYS, Role.VIEWER, "province").get();
      assertEquals(9_982, new JsonObject(series.body()).getJsonArray("points").size());
      int turns = Integer.parseInt(beside.get().body());
      assertTrue(turns > 50, metric + ": pieces of another read meanwhile: " + turns);
    }
  }

  @Test
  void moreThanFitIsRefusedByNameHoweverFarItReaches() throws Exception {
    HttpResponse<String> refused =
        server
            .ask(
                PATH + "feedback.received&from=0001-01-01&to=9999-01-01&step=day",
                Role.VIEWER,
                "province")
            .get();
    assertEquals(422, refused.statusCode());
    assertTrue(refused.body().contains("more than 10000 points"), refused::body);
  }
}
