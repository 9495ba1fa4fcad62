package vn.truc;

/// Entry point of the command line.
public final class Truc {
  private Truc() {}

  /// Runs one verb and ends the process with its exit code.
  public static void main(String[] args) {
    System.exit(args.length == 0 ? 2 : 0);
  }
}
