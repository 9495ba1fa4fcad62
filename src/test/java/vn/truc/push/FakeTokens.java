package vn.truc.push;

/// Tokens the test can write by hand: `user`, `user@EXPIRY` in seconds since 1970, `expired`,
/// `bad`. A user named `limited` may read province channels only.
final class FakeTokens implements Tokens {
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
    long expiry = at < 0 ? 0 : Long.parseLong(token.substring(at + 1));
    boolean limited = user.startsWith("limited");
    return new Verdict.Granted(
        new Grant(user, expiry, channel -> !limited || channel.endsWith(":province")));
  }
}
