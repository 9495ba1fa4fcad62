package vn.truc.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.MultiMap;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Who is taken for the client, and who for this machine, where `/metrics` is open and the
/// demonstration gives a token.
class ClientsTest {
  private static final Optional<String> HOST = Optional.of("truc.example:8080");

  private static Client client(String peer, List<String> trusted, String... headers) {
    return new Clients(new HttpSettings(1, 1_000, 1, 1, 1, 1, 1, 1, trusted))
        .of(SocketAddress.inetSocketAddress(40_000, peer), "http", HOST, headers(headers));
  }

  private static MultiMap headers(String... namesAndValues) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return headers;
  }

  private static String address(Client client) {
    return client.address().map(InetAddress::getHostAddress).orElse("unknown");
  }

  private static String behind(String forwardedFor) {
    return address(
        client("127.0.0.1", List.of("127.0.0.1", "10.0.0.0/24"), "x-forwarded-for", forwardedFor));
  }

  @Test
  void addressesOfThisMachineAloneAreLocal() {
    for (String own : List.of("127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1")) {
      assertTrue(client(own, List.of()).local(), own);
    }
    for (String other : List.of("192.168.1.20", "10.0.0.1", "fe80::1", "0.0.0.0")) {
      assertFalse(client(other, List.of()).local(), other);
    }
    Client socket =
        new Clients(HttpSettings.defaults())
            .of(SocketAddress.domainSocketAddress("/run/some.sock"), "http", HOST, headers());
    assertFalse(socket.local());
    assertEquals(Optional.empty(), socket.address());
  }

  @Test
  void headersOfAPeerThatIsNotTrustedAreIgnored() {
    Client spoofing =
        client(
            "203.0.113.5",
            List.of("10.0.0.1"),
            "X-Forwarded-For",
            "127.0.0.1",
            "X-Forwarded-Proto",
            "https",
            "X-Forwarded-Host",
            "evil.example");
    assertEquals("203.0.113.5", address(spoofing));
    assertFalse(spoofing.local());
    assertEquals(Optional.of("http://truc.example:8080"), spoofing.ownOrigin());
  }

  @Test
  void loopbackPeerThatForwardsForSomebodyIsNotCertainlyThisMachine() {
    for (String header :
        List.of("X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Forwarded-Host", "Via")) {
      assertFalse(client("127.0.0.1", List.of(), header, "127.0.0.1").local(), header);
    }
    assertFalse(client("127.0.0.1", List.of("127.0.0.1"), "X-Real-IP", "127.0.0.1").local());
    assertTrue(client("127.0.0.1", List.of("127.0.0.1"), "User-Agent", "curl").local());
  }

  /// Any machine within a trusted range once became local by naming itself loopback: it read
  /// `/metrics`, and got a token of the demonstration, without having one.
  @Test
  void loopbackInTheWordOfAnotherMachineIsNotThisOne() {
    for (String own : List.of("127.0.0.1", "::1", "127.0.0.1, 10.1.0.7", "[::1]:80")) {
      assertFalse(client("10.1.0.5", List.of("10.1.0.0/16"), "X-Forwarded-For", own).local(), own);
    }
    List<String> both = List.of("127.0.0.1", "10.1.0.0/16");
    assertFalse(client("10.1.0.5", both, "X-Forwarded-For", "127.0.0.1").local());
    assertFalse(client("127.0.0.1", both, "X-Forwarded-For", "10.1.0.5").local());
    assertTrue(client("127.0.0.1", both, "X-Forwarded-For", "127.0.0.1").local());
    assertTrue(client("127.0.0.1", both, "X-Forwarded-For", "::1").local());
  }

  @Test
  void rightMostAddressThatIsNotTrustedIsTheClient() {
    assertEquals("203.0.113.5", behind("203.0.113.5"));
    assertEquals("203.0.113.5", behind("127.0.0.1, 203.0.113.5"));
    assertEquals("203.0.113.5", behind("127.0.0.1,203.0.113.5 , 10.0.0.7,10.0.0.8"));
    assertEquals("10.0.1.7", behind("10.0.0.9, 10.0.1.7"));
    assertEquals("10.0.0.9", behind("10.0.0.9, 10.0.0.7"));
    assertEquals("2001:db8:0:0:0:0:0:1", behind("[2001:db8::1]:4711"));
    assertEquals("203.0.113.5", behind("203.0.113.5:4711"));
  }

  @Test
  void whatIsNoAddressMakesTheClientUnknownAndNotLocal() {
    for (String hop :
        List.of(
            "", "unknown", "127.0.0.1,", "127.0.0.1, _hidden", "localhost", "127.1", "1", "[")) {
      assertEquals("unknown", behind(hop), hop);
      assertFalse(client("127.0.0.1", List.of("127.0.0.1"), "X-Forwarded-For", hop).local(), hop);
    }
  }

  @Test
  void severalHeadersAreOneList() {
    Client client =
        client(
            "127.0.0.1",
            List.of("127.0.0.1"),
            "X-Forwarded-For",
            "127.0.0.1",
            "X-Forwarded-For",
            "203.0.113.5");
    assertEquals("203.0.113.5", address(client));
    assertFalse(client.local());
  }

  @Test
  void schemeAndHostAreTheNearestTrustedProxysWord() {
    Client client =
        client(
            "10.9.9.9",
            List.of("10.0.0.0/8"),
            "X-Forwarded-For",
            "203.0.113.5",
            "X-Forwarded-Proto",
            "http, https",
            "X-Forwarded-Host",
            "spoofed.example, truc.tinh.vn");
    assertEquals(Optional.of("https://truc.tinh.vn"), client.ownOrigin());
    Client odd = client("10.9.9.9", List.of("10.0.0.0/8"), "X-Forwarded-Proto", "javascript");
    assertEquals(Optional.of("http://truc.example:8080"), odd.ownOrigin());
  }

  @Test
  void rangesHoldTheirAddressesAndNoOthers() throws Exception {
    AddressRange four = AddressRange.parse("10.1.128.0/17");
    assertTrue(four.contains(InetAddress.ofLiteral("10.1.255.255")));
    assertFalse(four.contains(InetAddress.ofLiteral("10.1.127.255")));
    assertFalse(four.contains(InetAddress.ofLiteral("::1")));
    AddressRange six = AddressRange.parse("2001:db8::/33");
    assertTrue(six.contains(InetAddress.ofLiteral("2001:db8:7fff::1")));
    assertFalse(six.contains(InetAddress.ofLiteral("2001:db8:8000::1")));
    assertTrue(AddressRange.parse("::1").contains(InetAddress.ofLiteral("::1")));
    assertFalse(AddressRange.parse("::1").contains(InetAddress.ofLiteral("::2")));
  }

  @Test
  void everyFaultOfTheListIsNamed() {
    List<String> wrong =
        List.of(
            "10.0.0",
            "proxy.tinh.vn",
            "10.0.0.1/8",
            "0.0.0.0/0",
            "::/129",
            "10.0.0.0/x",
            "",
            "1.2.3.400");
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> new HttpSettings(1, 1_000, 1, 1, 1, 1, 1, 1, wrong));
    String message = String.valueOf(refused.getMessage());
    assertEquals(wrong.size(), message.split(";").length, message);
    wrong.forEach(text -> assertTrue(message.contains("'" + text + "' "), message));
    assertEquals(
        2,
        new HttpSettings(1, 1_000, 1, 1, 1, 1, 1, 1, List.of("127.0.0.1", "fd00::/8"))
            .trustedProxies()
            .size());
  }
}
