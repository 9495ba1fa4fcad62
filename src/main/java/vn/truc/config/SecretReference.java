package vn.truc.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/// Where a secret lies: configuration files hold this, never the secret. A closed family.
public sealed interface SecretReference {

  /// An environment variable, written `${NAME}`.
  record Variable(String name) implements SecretReference {
    public Variable {
      Objects.requireNonNull(name, "name");
    }
  }

  /// The whole text of a file, its last line break apart; written under the key with `_file`.
  record FileText(String path) implements SecretReference {
    public FileText {
      Objects.requireNonNull(path, "path");
    }
  }

  /// Fetches the secret; reads a file, so not for an event loop. Empty when the variable is not set
  /// or the file cannot be read.
  ///
  /// @param environment the value of an environment variable
  /// @param folder what relative paths start from
  default Optional<Secret> resolve(Function<String, Optional<String>> environment, Path folder) {
    return switch (this) {
      case Variable(String name) -> environment.apply(name).map(Secret::of);
      case FileText(String path) -> textOf(folder.resolve(path));
    };
  }

  private static Optional<Secret> textOf(Path file) {
    try {
      return Optional.of(Secret.of(Files.readString(file).stripTrailing()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
