package vn.truc.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds the [Client] of a request: the one place where the peer's address and the headers of
/// proxies are read.
///
/// ```
/// peer trusted:   X-Forwarded-For: spoofed, 203.0.113.5, 10.0.0.2     trusted: 10.0.0.0/24
///                                  └ client ──────────┘  └ skipped
/// peer not:       the headers are ignored, the peer is the client; yet with any of them it is
///                 not certain that a loopback peer is no proxy, so it does not count as local
/// ```
///
/// Proxies append to `X-Forwarded-For`, so what stands left of the first address that is not
/// trusted may be anybody's word. Of this machine is who comes from it and whose proxy does: what a
/// proxy elsewhere calls loopback is its own machine, or somebody's invention.
public final class Clients {
  private static final List<String> TRACES =
      List.of(
          "X-Forwarded-For",
          "X-Forwarded-Host",
          "X-Forwarded-Proto",
          "X-Forwarded-Server",
          "X-Real-IP",
          "Forwarded",
          "Via");

  private final List<AddressRange> trusted;

  public Clients(HttpSettings settings) {
    trusted = settings.trustedProxies().stream().map(AddressRange::parse).toList();
  }

  /// Host and port the client of a request asked for, where it named any.
  public @Nullable String host(HttpServerRequest request) {
    return of(request).host().orElse(null);
  }

  Client of(HttpServerRequest request) {
    String scheme = request.isSSL() ? "https" : "http";
    return of(request.remoteAddress(), scheme, asked(request), request.headers());
  }

  /// What `Host` says; over HTTP/2 its place is taken by `:authority`.
  private static Optional<String> asked(HttpServerRequest request) {
    Optional<String> host = Optional.ofNullable(request.getHeader(HttpHeaders.HOST));
    return host.or(
        () ->
            Optional.ofNullable(request.authority())
                .map(named -> named.host() + (named.port() > 0 ? ":" + named.port() : "")));
  }

  Client of(
      @Nullable SocketAddress remote, String scheme, Optional<String> host, MultiMap headers) {
    Optional<InetAddress> peer = peer(remote);
    boolean forwarded = TRACES.stream().anyMatch(headers::contains);
    if (peer.isEmpty() || !forwarded || !isTrusted(peer.get())) {
      return new Client(peer, isLoopback(peer) && !forwarded, scheme, host);
    }
    Optional<InetAddress> client = forwardedFor(headers);
    return new Client(
        client,
        isLoopback(peer) && isLoopback(client),
        last(headers, "X-Forwarded-Proto").filter(Clients::isScheme).orElse(scheme),
        last(headers, "X-Forwarded-Host").or(() -> host));
  }

  /// The peer's address; none of a socket in the file system.
  private static Optional<InetAddress> peer(@Nullable SocketAddress remote) {
    String address = remote == null ? null : remote.hostAddress();
    return Optional.ofNullable(address).map(InetAddress::ofLiteral);
  }

  private boolean isTrusted(InetAddress address) {
    return trusted.stream().anyMatch(range -> range.contains(address));
  }

  /// The right-most address that is not trusted, or the left-most where all are; none where what
  /// stands there is no address.
  private Optional<InetAddress> forwardedFor(MultiMap headers) {
    List<String> hops = List.of(String.join(",", headers.getAll("X-Forwarded-For")).split(",", -1));
    Optional<InetAddress> client = Optional.empty();
    for (String hop : hops.reversed()) {
      client = AddressRange.literal(withoutPort(hop.strip()));
      if (client.isEmpty() || !isTrusted(client.get())) {
        return client;
      }
    }
    return client;
  }

  /// Some proxies write the port too: `192.0.2.1:4711`, `[2001:db8::1]:4711`.
  private static String withoutPort(String hop) {
    if (hop.startsWith("[") && hop.contains("]")) {
      return hop.substring(1, hop.indexOf(']'));
    }
    int colon = hop.indexOf(':');
    return colon >= 0 && colon == hop.lastIndexOf(':') ? hop.substring(0, colon) : hop;
  }

  /// The word of the nearest proxy.
  private static Optional<String> last(MultiMap headers, String name) {
    List<String> all = List.of(String.join(",", headers.getAll(name)).split(",", -1));
    return Optional.of(all.getLast().strip()).filter(text -> !text.isEmpty());
  }

  private static boolean isScheme(String text) {
    return text.equals("http") || text.equals("https");
  }

  private static boolean isLoopback(Optional<InetAddress> address) {
    return address.filter(InetAddress::isLoopbackAddress).isPresent();
  }
}
