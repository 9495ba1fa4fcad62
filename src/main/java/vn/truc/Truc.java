package vn.truc;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import vn.truc.cli.TrucCommand;
import vn.truc.cli.VerbException;
import vn.truc.cli.Verbs;

/// Entry point of the command line.
public final class Truc {
  private Truc() {}

  /// Runs one verb and ends the process with its exit code.
  public static void main(String[] args) {
    System.exit(
        TrucCommand.run(
            List.of(args),
            verbs(),
            name -> Optional.ofNullable(System.getenv(name)),
            writer(FileDescriptor.out),
            writer(FileDescriptor.err)));
  }

  private static PrintWriter writer(FileDescriptor descriptor) {
    return new PrintWriter(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  private static Verbs verbs() {
    return new Verbs(
        absent(),
        absent(),
        absent(),
        absent(),
        absent(),
        absent(),
        (options, verb, arguments) -> {
          throw new VerbException("no server runs on " + options.dataFolder());
        },
        new ConfigCheck(sections -> {}));
  }

  private static <O> Verbs.Verb<O> absent() {
    return (options, terminal) -> {
      throw new VerbException("this verb is not part of this build");
    };
  }
}
