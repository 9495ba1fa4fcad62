package vn.truc.push;

import java.util.HashSet;
import java.util.Set;

/// Tokens the test can write by hand: `user`, `user@EXPIRY` in seconds since 1970, `expired`,
/// `bad`. A user named `limited` may read province channels only.
final class FakeTokens implements Tokens {
  private final Set<String> closed = new HashSet<>();

  /// Users whose tokens were ended before their time.
  final Set<String> ended = new HashSet<>();

  /// Takes a channel from everybody, also from those who have connected.
  void close(String channel) {
    closed.add(channel);
  }

  @Override
  public Verdict judge(String token) {
    if (token.isEmpty() || token.equals("bad")) {
      return new Verdict.Invalid();
    }
    if (token.equals("expired")) {
      return new Verdict.Expired();
    }
    int at = token.indexOf('@');
    String user = at < 0 ? token : token.substring(0, at);
    String expires = at < 0 ? "0" : token.substring(at + 1);
    if (!expires.matches("[0-9]{1,18}")) {
      return new Verdict.Invalid();
    }
    long expiry = Long.parseLong(expires);
    boolean limited = user.startsWith("limited");
    return new Verdict.Granted(
        new Grant(
            user,
            expiry,
            channel -> !closed.contains(channel) && (!limited || channel.endsWith(":province")),
            () -> ended.contains(user)));
  }
}
