package vn.truc.push;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Whether a browser's page may open a socket here: its origin is the host it asks for, or listed.
/// A request without `Origin` does not come from a page and passes.
final class OriginRule {
  private final Set<String> listed;

  OriginRule(List<String> listed) {
    this.listed = listed.stream().map(OriginRule::lower).collect(Collectors.toUnmodifiableSet());
  }

  boolean allows(@Nullable String origin, @Nullable String host) {
    if (origin == null) {
      return true;
    }
    String wanted = lower(origin);
    if (listed.contains(wanted)) {
      return true;
    }
    if (host == null) {
      return false;
    }
    try {
      URI uri = URI.create(wanted);
      String authority = uri.getRawAuthority();
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      String port = "https".equals(uri.getScheme()) ? ":443" : ":80";
      return web
          && authority != null
          && without(authority, port).equals(without(lower(host), port));
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static String without(String authority, String defaultPort) {
    return authority.endsWith(defaultPort)
        ? authority.substring(0, authority.length() - defaultPort.length())
        : authority;
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
