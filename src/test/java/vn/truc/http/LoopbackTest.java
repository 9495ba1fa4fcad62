package vn.truc.http;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.net.SocketAddress;
import org.junit.jupiter.api.Test;

/// Who counts as this machine, where `/metrics` is open and the demonstration gives a token.
class LoopbackTest {
  private static boolean loopback(String address) {
    return TokenRoutes.isLoopback(SocketAddress.inetSocketAddress(40_000, address));
  }

  @Test
  void addressesOfThisMachineAlone() {
    assertTrue(loopback("127.0.0.1"));
    assertTrue(loopback("127.8.9.10"));
    assertTrue(loopback("::1"));
    assertFalse(loopback("192.168.1.20"));
    assertFalse(loopback("10.0.0.1"));
    assertFalse(loopback("fe80::1"));
    assertFalse(loopback("0.0.0.0"));
    assertFalse(TokenRoutes.isLoopback(SocketAddress.domainSocketAddress("/run/some.sock")));
  }
}
