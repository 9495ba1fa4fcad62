package vn.truc.bench;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;

/// A Vert.x router that parses the JSON of a body, answers 202 and stores nothing: what a POST
/// costs before anything is done with it.
final class ReferenceHttp {
  private static final Buffer ACCEPTED =
      Buffer.buffer("{\"accepted\":1,\"duplicates\":0,\"rejected\":[],\"rejectedCount\":0}");

  private ReferenceHttp() {}

  public static void main(String[] arguments) {
    Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    vertx.runOnContext(_ -> serve(vertx));
  }

  private static void serve(Vertx vertx) {
    Router router = Router.router(vertx);
    router
        .post("/api/v1/events")
        .handler(
            context ->
                context
                    .request()
                    .body()
                    .onSuccess(
                        body -> {
                          boolean event = new JsonObject(body).containsKey("specversion");
                          context
                              .response()
                              .setStatusCode(event ? 202 : 400)
                              .putHeader("Content-Type", "application/json")
                              .end(ACCEPTED);
                        }));
    vertx
        .createHttpServer()
        .requestHandler(router)
        .listen(0, "127.0.0.1")
        .onSuccess(server -> System.out.println("http://127.0.0.1:" + server.actualPort() + "/"));
  }
}
