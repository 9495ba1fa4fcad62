package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server whose agencies could not be read started all the same: it wrote the faulty files into
/// its log, served without any agency, and said so in one line that named no fault.
class FaultyConfigIT {
  @TempDir private Path folder = Path.of("");

  @Test
  void faultsOfAllFilesAreToldAndNothingIsOpened() throws Exception {
    Path config = ConfigCopy.in(folder);
    Files.writeString(config.resolve("agencies.yaml"), "agencies: [{id: a, parent: nope}]\n");
    Files.writeString(config.resolve("fields.yaml"), "a: [1,\n");
    Files.writeString(config.resolve("truc.yaml"), "bogus: 1\nboard: {caseFactsMax: 0}\n");
    for (String verb : List.of("serve", "token --role viewer --scope province")) {
      Path data = folder.resolve("data-" + verb.length());
      String[] arguments = (verb + " --config " + config).split(" ");
      RunningServer.Ran ran = RunningServer.verb(data, arguments);
      assertNotEquals(0, ran.code(), ran::toString);
      for (String fault :
          List.of("agencies.yaml:1:", "fields.yaml:2:", "truc.yaml:1:", "caseFactsMax must be")) {
        assertTrue(ran.err().contains(fault), ran::toString);
      }
      assertFalse(Files.exists(data.resolve("truc.db")), "nothing is opened");
    }
  }
}
