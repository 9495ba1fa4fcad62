package vn.truc.push;

import java.util.Objects;

/// Judges connect tokens; wired by `App` to the house's access rules.
public interface Tokens {

  /// The verdict on a token, at once.
  Verdict judge(String token);

  /// A closed family of verdicts.
  sealed interface Verdict {
    /// The token is good.
    record Granted(Grant grant) implements Verdict {
      public Granted {
        Objects.requireNonNull(grant, "grant");
      }
    }

    /// It was good, its time is over: error 109.
    record Expired() implements Verdict {}

    /// It never was good: close 3500.
    record Invalid() implements Verdict {}
  }
}
