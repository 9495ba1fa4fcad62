package vn.truc.config;

import java.util.List;
import java.util.stream.Collectors;

/// Configuration that cannot be used. Its message is the list of faults, one per line.
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Fault> faults;

  public ConfigException(List<Fault> faults) {
    super(faults.stream().map(Fault::toString).collect(Collectors.joining("\n")));
    this.faults = List.copyOf(faults);
  }

  /// Every fault, in reading order; never empty.
  public List<Fault> faults() {
    return faults;
  }
}
