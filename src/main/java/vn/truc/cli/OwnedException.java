package vn.truc.cli;

/// Another process owns the data folder: a server that is starting or stopping, or a verb that
/// passes by. Soon it either answers or is gone.
public final class OwnedException extends VerbException {
  private static final long serialVersionUID = 1L;

  public OwnedException(String message, Throwable cause) {
    super(message, cause);
  }
}
