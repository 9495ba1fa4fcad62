package vn.truc.cli;

/// A verb that did not succeed, with a message for the person at the terminal: exit code 1.
public sealed class VerbException extends RuntimeException permits OwnedException {
  private static final long serialVersionUID = 1L;

  public VerbException(String message) {
    super(message);
  }

  public VerbException(String message, Throwable cause) {
    super(message, cause);
  }
}
