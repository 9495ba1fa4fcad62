package vn.truc.http;

import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import vn.truc.board.CaseDetail;

/// One case with its history, sent in pieces; what lies beside its records is read a few records at
/// a time, after the look itself is in the log. Where nothing lies beside them there is no look.
///
/// Whether personal fields can be had is known before the first byte is sent: until then it is 503.
final class CaseRead implements HeavyReads.Read {
  private static final int FACTS_AT_ONCE = 64;
  private static final int READS_AT_ONCE = 32;
  private static final int PIECE_CHARS = 64 * 1024;

  /// What of personal fields is shown.
  ///
  /// @param positions the records of the case
  /// @param fields reads what lies beside one
  /// @param recordLook records that somebody looks
  record Beside(
      List<Long> positions, CaseRoutes.PersonalFields fields, Supplier<Future<Void>> recordLook) {}

  private enum Stage {
    LOOK,
    HISTORY,
    PERSONAL,
    END
  }

  private final RoutingContext context;
  private final HttpServerResponse response;
  private final CaseDetail detail;
  private final @Nullable Beside beside;
  private final Runnable goOn;
  private final StringBuilder pending = new StringBuilder();
  private Stage stage;
  private int at;
  private List<String> found = List.of();
  private boolean opened;
  private boolean comma;
  private @Nullable Throwable failure;

  /// @param beside empty for who may not see personal fields
  CaseRead(RoutingContext context, CaseDetail detail, Optional<Beside> beside, Runnable goOn) {
    this.context = context;
    this.response = context.response();
    this.detail = detail;
    this.beside = beside.orElse(null);
    this.goOn = goOn;
    stage = beside.isPresent() ? Stage.LOOK : Stage.HISTORY;
  }

  @Override
  public HeavyReads.Next step() {
    if (failure != null) {
      return broken();
    }
    return switch (stage) {
      case LOOK -> look();
      case HISTORY -> history();
      case PERSONAL -> personal();
      case END -> end();
    };
  }

  private HeavyReads.Next broken() {
    if (response.headWritten()) {
      // the reader sees that it ends too soon
      var _ = response.reset();
    } else {
      Refusals.unavailable(
          context, "personal fields are not shown while they cannot be read and the look recorded");
    }
    return HeavyReads.Next.DONE;
  }

  /// Goes to the first records that have personal fields.
  private HeavyReads.Next look() {
    Beside known = beside;
    if (known == null || !found.isEmpty() || at >= known.positions().size()) {
      stage = Stage.HISTORY;
      return known == null || found.isEmpty()
          ? HeavyReads.Next.MORE
          : await(known.recordLook().get());
    }
    return await(few(known));
  }

  private HeavyReads.Next history() {
    boolean whole = detail.write(FACTS_AT_ONCE);
    pending.append(detail.take());
    if (whole) {
      stage = beside == null ? Stage.END : Stage.PERSONAL;
      pending.append(beside == null ? "" : ",\"personal\":[");
    }
    return sent();
  }

  private HeavyReads.Next personal() {
    for (String fields : found) {
      pending.append(comma ? "," : "").append(fields);
      comma = true;
    }
    found = List.of();
    Beside known = beside;
    if (known != null && at < known.positions().size()) {
      HeavyReads.Next next = sent();
      return next == HeavyReads.Next.MORE ? await(few(known)) : next;
    }
    pending.append(']');
    stage = Stage.END;
    return sent();
  }

  private HeavyReads.Next end() {
    pending.append('}');
    if (opened) {
      response.end(pending.toString());
    } else {
      Answer.json(context, pending.toString());
    }
    return HeavyReads.Next.DONE;
  }

  private Future<Void> few(Beside known) {
    List<Long> positions =
        known.positions().subList(at, Math.min(known.positions().size(), at + READS_AT_ONCE));
    at += positions.size();
    return Future.all(positions.stream().map(known.fields()::beside).toList())
        .map(
            all -> {
              List<String> some = new ArrayList<>();
              for (int i = 0; i < positions.size(); i++) {
                Optional<String> fields = all.resultAt(i);
                String position = Long.toString(positions.get(i));
                fields.ifPresent(
                    text -> some.add(new JsonObject(text).put("position", position).encode()));
              }
              found = some;
              return null;
            });
  }

  private HeavyReads.Next await(Future<Void> store) {
    store.onComplete(
        done -> {
          if (done.failed()) {
            failure = done.cause();
          }
          goOn.run();
        });
    return HeavyReads.Next.STORE;
  }

  /// Sends what is written once it is worth it; a small answer is sent as one.
  private HeavyReads.Next sent() {
    // HTTP/1.0 knows no pieces
    if (pending.length() < PIECE_CHARS || context.request().version() == HttpVersion.HTTP_1_0) {
      return HeavyReads.Next.MORE;
    }
    if (!opened) {
      opened = true;
      response
          .setChunked(true)
          .putHeader(HttpHeaders.CONTENT_TYPE, "application/json; charset=utf-8")
          .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    }
    response.write(pending.toString());
    pending.setLength(0);
    return response.writeQueueFull() ? HeavyReads.Next.READER : HeavyReads.Next.MORE;
  }
}
