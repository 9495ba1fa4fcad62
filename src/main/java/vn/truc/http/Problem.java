package vn.truc.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.Objects;
import java.util.Optional;

/// The one error body (RFC 9457, `application/problem+json`): type `about:blank`, the status's name
/// as title, what is wrong in one sentence, and the field at fault where one is.
///
/// @param status the HTTP status
/// @param detail one English sentence, never a stack trace
/// @param field the member, parameter or header at fault
/// @param members further members of the body
public record Problem(int status, String detail, Optional<String> field, JsonObject members) {
  /// The media type of the body.
  public static final String MEDIA_TYPE = "application/problem+json";

  public Problem {
    Objects.requireNonNull(detail, "detail");
    Objects.requireNonNull(field, "field");
    members = members.copy();
  }

  public static Problem of(int status, String detail) {
    return new Problem(status, detail, Optional.empty(), new JsonObject());
  }

  /// The same problem, with the field at fault.
  public Problem at(String faultyField) {
    return new Problem(status, detail, Optional.of(faultyField), members);
  }

  /// The same problem, with further members.
  public Problem with(JsonObject more) {
    return new Problem(status, detail, field, members.copy().mergeIn(more));
  }

  /// The body.
  public JsonObject json() {
    JsonObject body =
        new JsonObject()
            .put("type", "about:blank")
            .put("title", title())
            .put("status", status)
            .put("detail", detail);
    field.ifPresent(name -> body.put("field", name));
    return body.mergeIn(members);
  }

  private String title() {
    return switch (status) {
      case 413 -> "Content Too Large";
      case 422 -> "Unprocessable Content";
      default -> HttpResponseStatus.valueOf(status).reasonPhrase();
    };
  }

  /// Sends it; does nothing where the answer is under way already.
  public Future<Void> send(HttpServerResponse response) {
    if (response.headWritten() || response.closed()) {
      return Future.succeededFuture();
    }
    return response
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, MEDIA_TYPE)
        .end(json().toBuffer());
  }
}
