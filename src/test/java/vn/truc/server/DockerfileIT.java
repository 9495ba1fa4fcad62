package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What carries out the Dockerfile (`.ci/dockerfile`) sees faults in one: it is given others here.
class DockerfileIT {
  private static final String RUN_STAGE = "FROM eclipse-temurin:25-jre-noble\n";

  /// A container that is well: a shell that waits.
  private static final String WELL =
      RUN_STAGE
          + "RUN useradd --uid 10001 one && install -d -o one /data\n"
          + "COPY hello /opt/\n"
          + "USER one\n"
          + "VOLUME /data\n"
          + "ENTRYPOINT [\"sh\", \"-c\", \"trap 'exit 0' TERM; while true; do sleep 0.1; done\"]\n";

  @TempDir private Path folder = Path.of("");

  @BeforeEach
  void tree() throws Exception {
    Path scripts = Files.createDirectory(folder.resolve(".ci"));
    Files.copy(Path.of(".ci/dockerfile"), scripts.resolve("dockerfile"));
    Files.writeString(
        scripts.resolve("jre"), "#!/bin/sh\nexec " + Path.of(".ci/jre").toAbsolutePath() + "\n");
    assertTrue(scripts.resolve("dockerfile").toFile().setExecutable(true));
    assertTrue(scripts.resolve("jre").toFile().setExecutable(true));
    Files.writeString(folder.resolve("hello"), "xin chào\n");
    Files.writeString(folder.resolve("secret.log"), "");
    Files.writeString(folder.resolve(".dockerignore"), "*.log\n");
  }

  private void fails(String why, String dockerfile) throws Exception {
    Files.writeString(folder.resolve("Dockerfile"), dockerfile);
    Tool.Said said = Tool.run(folder.resolve(".ci/dockerfile").toString(), "--built-jar");
    assertEquals(1, said.code(), said.text());
    assertTrue(said.text().contains(why), said.text());
  }

  @Test
  void instructionsItDoesNotKnowFail() throws Exception {
    fails("line 2: the instruction ADD is not known", RUN_STAGE + "ADD hello /opt/\n");
    fails("line 3: the instruction SHELL", RUN_STAGE + "\nSHELL \\\n [\"bash\"]\n");
    fails("line 2: COPY --chown=one is not known", RUN_STAGE + "COPY --chown=one hello /opt/\n");
    fails("line 2: not in exec form", RUN_STAGE + "CMD serve\n");
    fails("line 2: cannot tell what this means", RUN_STAGE + "WORKDIR $HOME\n");
    fails("line 2: RUN in a form that is not known", RUN_STAGE + "RUN <<END\n");
    fails("line 2: HEALTHCHECK --every=1s", RUN_STAGE + "HEALTHCHECK --every=1s CMD [\"true\"]\n");
    fails("line 1: no stand-in for the image alpine:3", "FROM alpine:3\n");
    fails("line 1: RUN before FROM", "RUN true\n");
    fails("line 3: the instruction ADD", RUN_STAGE + "RUN cat\nADD hello /opt/\n");
  }

  @Test
  void stepsThatDoNotWorkFail() throws Exception {
    fails("line 2: COPY: there is no absent", RUN_STAGE + "COPY absent /opt/\n");
    fails("line 2: COPY: there is no secret.log", RUN_STAGE + "COPY secret.log /opt/\n");
    fails("line 2: RUN false", RUN_STAGE + "RUN false\n");
    fails("line 2: RUN javac", RUN_STAGE + "RUN javac -version\n");
    fails("line 2: USER: the stage has no user truc", RUN_STAGE + "USER truc\n");
  }

  @Test
  void containersThatAreNotWellFail() throws Exception {
    fails("there is no HEALTHCHECK", WELL);
    fails(
        "VOLUME /void is not there",
        WELL.replace("VOLUME /data", "VOLUME /void") + check("\"true\""));
    fails("it runs as root", WELL.replace("USER one\n", "") + check("\"true\""));
    fails("nothing answers on the exposed port 81", WELL + "EXPOSE 81\n" + check("\"true\""));
    fails("not healthy within 2 s", WELL + check("\"false\""));
    fails(
        "the container ended",
        WELL.replace("while true", "exit 3; while true") + check("\"false\""));
  }

  private static String check(String command) {
    return "HEALTHCHECK --interval=1s --timeout=1s --retries=2 CMD [" + command + "]\n";
  }
}
