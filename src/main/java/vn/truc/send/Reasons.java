package vn.truc.send;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.security.cert.CertificateException;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLException;

/// What a failure says, for people: its causes too, and what kind it is where its message alone
/// would be a name or a number.
public final class Reasons {
  private static final int CAUSES_MAX = 5;

  private Reasons() {}

  /// All of it on one line.
  public static String of(Throwable failure) {
    StringBuilder told = new StringBuilder();
    Throwable at = failure;
    for (int depth = 0; at != null && depth < CAUSES_MAX; depth++) {
      String part = one(at);
      if (told.indexOf(part) < 0) {
        told.append(told.isEmpty() ? "" : "; caused by ").append(part);
      }
      at = at.getCause();
    }
    return told.toString().replaceAll("\\s+", " ");
  }

  private static String one(Throwable failure) {
    String message = Objects.requireNonNullElse(failure.getMessage(), "").strip();
    return switch (failure) {
      case NoSuchFileException file -> "there is no file " + file.getFile();
      case AccessDeniedException file -> "this process may not read " + file.getFile();
      case UnknownHostException _ -> "no such host: " + message;
      case ConnectException _ when !message.isEmpty() -> plain(message);
      case ToldException _ when !message.isEmpty() -> message;
      default ->
          message.isEmpty()
              ? failure.getClass().getSimpleName()
              : failure.getClass().getSimpleName() + ": " + message;
    };
  }

  /// Without the name and number of the system's call before it.
  private static String plain(String message) {
    return message.replaceFirst("^\\w+\\(\\.\\.\\) failed with error\\(-?\\d+\\): ", "");
  }

  /// A failure whose message is a whole sentence for people: its kind says no more.
  public abstract static class ToldException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    protected ToldException(String message) {
      super(message);
    }

    protected ToldException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// Why a connection can never be made as it was asked for; empty where another attempt may help.
  static Optional<String> hopeless(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof CertificateException) {
        return Optional.of(
            "its certificate is not trusted: " + of(at) + "; --ca FILE names who is");
      }
      boolean plain = String.valueOf(at.getMessage()).contains("not an SSL/TLS record");
      if (at instanceof SSLException && plain) {
        return Optional.of("it does not speak TLS there; is it http:// instead of https://?");
      }
    }
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof SSLException) {
        return Optional.of("no secure connection: " + of(failure));
      }
    }
    return Optional.empty();
  }
}
