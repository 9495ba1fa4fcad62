package vn.truc.config;

import java.util.Objects;

/// A secret text that no log, message or debugger line shows by accident.
public final class Secret {
  private final String text;

  private Secret(String text) {
    this.text = text;
  }

  public static Secret of(String text) {
    return new Secret(Objects.requireNonNull(text, "text"));
  }

  /// The text itself, for the one place that needs it.
  public String reveal() {
    return text;
  }

  @Override
  public String toString() {
    return "(secret)";
  }
}
