package vn.truc.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;
import vn.truc.board.SeriesAnswer;
import vn.truc.board.SeriesReader;
import vn.truc.board.SeriesText;

/// A metric over time: read in pieces, then written in pieces, and sent as one.
final class SeriesRead implements HeavyReads.Read {
  private static final int POINTS_AT_ONCE = 256;
  private static final String CSV = "text/csv";

  private final RoutingContext context;
  private final SeriesReader reader;
  private @Nullable SeriesText text;

  SeriesRead(RoutingContext context, SeriesReader reader) {
    this.context = context;
    this.reader = reader;
  }

  @Override
  public HeavyReads.Next step() {
    SeriesText begun = text;
    if (begun == null) {
      return reader.step(POINTS_AT_ONCE) ? begin(reader.answer()) : HeavyReads.Next.MORE;
    }
    if (!begun.write(POINTS_AT_ONCE)) {
      return HeavyReads.Next.MORE;
    }
    send(begun.text());
    return HeavyReads.Next.DONE;
  }

  private HeavyReads.Next begin(SeriesAnswer answer) {
    return switch (answer) {
      case SeriesAnswer.Points points -> {
        text = new SeriesText(points, wantsCsv() ? SeriesText.Form.CSV : SeriesText.Form.JSON);
        yield HeavyReads.Next.MORE;
      }
      case SeriesAnswer.Refused(String field, String message) -> {
        Refusals.unprocessable(context, field, message);
        yield HeavyReads.Next.DONE;
      }
    };
  }

  private void send(String whole) {
    if (!wantsCsv()) {
      Answer.json(context, whole);
      return;
    }
    HttpServerResponse response = context.response();
    response.putHeader(HttpHeaders.CONTENT_TYPE, CSV + "; charset=utf-8").end(whole);
  }

  private boolean wantsCsv() {
    String accept = context.request().getHeader(HttpHeaders.ACCEPT);
    return accept != null && accept.contains(CSV);
  }
}
