package vn.truc;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import vn.truc.cli.TrucCommand;
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
        Serving::serve,
        Serving::demo,
        Feeding::simulate,
        Feeding::replay,
        Feeding::importing,
        Export::run,
        Backups::make,
        Backups::restore,
        Serving::offline,
        new ConfigCheck(Settings::read));
  }
}
