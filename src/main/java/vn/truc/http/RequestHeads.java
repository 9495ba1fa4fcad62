package vn.truc.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Judges the heads of HTTP/1 requests where two readers could disagree: on where a body ends, for
/// whom a request is, and what it asks for. Such a request is refused, never guessed at.
final class RequestHeads {

  /// Why a head is refused, in one sentence for its sender.
  static final class FaultException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FaultException(String detail) {
      super(detail, null, false, false);
    }
  }

  private RequestHeads() {}

  /// What is wrong with a head.
  static Optional<String> fault(HttpRequest request) {
    HttpHeaders headers = request.headers();
    List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
    List<String> lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
    if (!codings.isEmpty() && !lengths.isEmpty()) {
      return Optional.of("a request has Content-Length or Transfer-Encoding, not both");
    }
    if (lengths.size() > 1 || (lengths.size() == 1 && !isLength(lengths.getFirst()))) {
      return Optional.of("Content-Length is one whole number");
    }
    boolean chunked = codings.size() == 1 && codings.getFirst().strip().equalsIgnoreCase("chunked");
    if (!codings.isEmpty() && !chunked) {
      return Optional.of("the only transfer coding is chunked");
    }
    if (chunked && !request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
      return Optional.of("Transfer-Encoding is of HTTP/1.1");
    }
    List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
    if (hosts.size() > 1 || (hosts.isEmpty() && isNewerThan10(request.protocolVersion()))) {
      return Optional.of("a request has one Host");
    }
    if (!hosts.isEmpty() && !isHost(hosts.getFirst())) {
      return Optional.of("Host is no host");
    }
    for (String expected : headers.getAll(HttpHeaderNames.EXPECT)) {
      if (!expected.strip().equalsIgnoreCase("100-continue")) {
        return Optional.of("the only expectation is 100-continue");
      }
    }
    // clients of HTTP/2 offer that (h2c) with any request, bodies too; it is not taken up
    if (hasBody(request) && headers.containsValue(HttpHeaderNames.UPGRADE, "websocket", true)) {
      return Optional.of("a request for a WebSocket has no body");
    }
    return target(request);
  }

  /// `/path`, `http://host/path`, and `*` of OPTIONS; where there is a fragment, none is ours.
  private static Optional<String> target(HttpRequest request) {
    String target = request.uri();
    boolean any = target.equals("*") && request.method().equals(HttpMethod.OPTIONS);
    boolean tunnel = request.method().equals(HttpMethod.CONNECT);
    String lower = target.length() < 8 ? "" : target.substring(0, 8).toLowerCase(Locale.ROOT);
    boolean absolute = lower.startsWith("http://") || lower.startsWith("https://");
    if (any || tunnel || ((target.startsWith("/") || absolute) && target.indexOf('#') < 0)) {
      return Optional.empty();
    }
    return Optional.of("the address cannot be read");
  }

  /// Whether bytes of a body are still to come when the head is read.
  static boolean hasBody(HttpRequest request) {
    HttpHeaders headers = request.headers();
    String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
    return headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
        || (length != null && !length.strip().matches("0+"));
  }

  private static boolean isLength(String text) {
    String length = text.strip();
    return !length.isEmpty()
        && length.length() < 19
        && length.chars().allMatch(RequestHeads::digit);
  }

  private static boolean digit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isNewerThan10(HttpVersion version) {
    return version.compareTo(HttpVersion.HTTP_1_0) > 0;
  }

  private static boolean isHost(String host) {
    return host.chars().allMatch(c -> c > ' ' && c < 0x7F && "/@,#?\\\"<>".indexOf(c) < 0);
  }
}
