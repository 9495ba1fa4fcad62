package vn.truc.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import vn.truc.event.Rejection;
import vn.truc.intake.Receipt;

/// Receipts as answers (design, section 5).
final class Receipts {
  private static final Buffer ONE_ACCEPTED = accepted(new Receipt(1, 0, 0, 0, List.of()));

  private Receipts() {}

  private static Buffer accepted(Receipt receipt) {
    return json(receipt).toBuffer();
  }

  /// The members every answer carries.
  static JsonObject json(Receipt receipt) {
    JsonArray rejected = new JsonArray();
    for (Rejection rejection : receipt.rejected()) {
      rejected.add(json(rejection));
    }
    return new JsonObject()
        .put("accepted", receipt.accepted())
        .put("duplicates", receipt.duplicates())
        .put("rejected", rejected)
        .put("rejectedCount", receipt.rejectedCount());
  }

  static JsonObject json(Rejection rejection) {
    return new JsonObject()
        .put("index", rejection.index())
        .put("id", rejection.id().orElse(null))
        .put("reason", rejection.reason().label())
        .put("field", rejection.field().isEmpty() ? null : rejection.field())
        .put("message", rejection.message());
  }

  /// Answers 202, 403 or 422.
  static void answer(HttpServerResponse response, Receipt receipt, boolean stored) {
    if (response.closed() || response.headWritten()) {
      return;
    }
    if (receipt.allNotBound()) {
      problem(403, "the key covers the source of none of the events", receipt, stored)
          .send(response);
      return;
    }
    if (receipt.allRejected()) {
      problem(422, "every event was refused", receipt, stored).send(response);
      return;
    }
    boolean plain =
        stored && receipt.accepted() == 1 && receipt.duplicates() + receipt.rejectedCount() == 0;
    response
        .setStatusCode(202)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .end(plain ? ONE_ACCEPTED : marked(json(receipt), stored).toBuffer());
  }

  /// A problem that carries the receipt; of a single refusal it names the field.
  static Problem problem(int status, String detail, Receipt receipt, boolean stored) {
    Problem problem = Problem.of(status, detail).with(marked(json(receipt), stored));
    boolean single = receipt.rejectedCount() == 1 && receipt.rejected().size() == 1;
    String field = single ? receipt.rejected().getFirst().field() : "";
    return field.isEmpty() ? problem : problem.at(field);
  }

  private static JsonObject marked(JsonObject json, boolean stored) {
    return stored ? json : json.put("stored", false);
  }
}
