package vn.truc.log;

import io.vertx.core.Future;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.FileSystem;
import io.vertx.core.file.OpenOptions;
import java.nio.file.Path;

/// Makes the names in a folder durable: after a file was given its name, a power cut may else bring
/// back what had it before.
public final class FolderSync {
  private FolderSync() {}

  /// Completes when they are.
  public static Future<Void> sync(FileSystem files, Path folder) {
    OpenOptions reading = new OpenOptions().setWrite(false).setCreate(false);
    return files
        .open(folder.toString(), reading)
        .compose((AsyncFile names) -> names.flush().eventually(names::close));
  }
}
