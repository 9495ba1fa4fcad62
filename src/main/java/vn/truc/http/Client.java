package vn.truc.http;

import java.net.InetAddress;
import java.util.Optional;

/// Who sent a request and what was asked for, seen from outside the proxies that are trusted.
///
/// @param address the client's; empty where it is not certain
/// @param local whether the request certainly comes from this machine
/// @param scheme `http` or `https`, as the client spoke it
/// @param host host and port the client asked for, where it named any
record Client(Optional<InetAddress> address, boolean local, String scheme, Optional<String> host) {

  /// The origin of a page of this very server, as the client's browser writes it.
  Optional<String> ownOrigin() {
    return host.map(name -> scheme + "://" + name);
  }
}
