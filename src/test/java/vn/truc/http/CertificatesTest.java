package vn.truc.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What of the files of certificate and key is taken, look by look.
class CertificatesTest {
  private static final char[] SECRET = "changeit".toCharArray();
  private static final Base64.Encoder MIME = Base64.getMimeEncoder(64, new byte[] {'\n'});

  @TempDir private Path folder;

  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @BeforeEach
  void pairs() throws Exception {
    make("good", "-1d", 30);
    make("next", "-1d", 60);
    make("ended", "-9d", 3);
    make("early", "+2d", 60);
  }

  /// The first handshake of a process took a quarter of a second of the loop, from whoever came.
  @Test
  void aPairIsRehearsedBeforeAnybodyIsServed() throws Exception {
    CertificatePair judged =
        CertificatePair.judge(
            vertx,
            Buffer.buffer(Files.readAllBytes(folder.resolve("good.crt"))),
            Buffer.buffer(Files.readAllBytes(folder.resolve("good.key"))));
    assertTrue(judged instanceof CertificatePair.Sound, judged::toString);
    assertTrue(Rehearsal.with(vertx, (CertificatePair.Sound) judged), "both sides came to an end");
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  /// A certificate and its key as NAME.crt and NAME.key; the first of all signs all.
  private void make(String name, String start, int days) throws Exception {
    Path store = folder.resolve("keys.p12");
    List<String> signer = Files.exists(store) ? List.of("-signer", "good") : List.of();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-startdate",
                start,
                "-validity",
                "" + days,
                "-keystore",
                store.toString(),
                "-storepass",
                new String(SECRET)));
    command.addAll(signer);
    Process keytool =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    assertEquals(0, keytool.waitFor(), Files.readString(folder.resolve("keytool.log")));
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, SECRET);
    }
    Certificate certificate = keys.getCertificate(name);
    Files.writeString(folder.resolve(name + ".crt"), pem("CERTIFICATE", certificate.getEncoded()));
    byte[] key = keys.getKey(name, SECRET).getEncoded();
    Files.writeString(folder.resolve(name + ".key"), pem("PRIVATE KEY", key));
  }

  private static String pem(String what, byte[] bytes) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(what, MIME.encodeToString(bytes), what);
  }

  private String read(String name) throws Exception {
    return Files.readString(folder.resolve(name));
  }

  private void put(String chain, String key) throws Exception {
    Files.writeString(folder.resolve("tls.crt"), chain);
    Files.writeString(folder.resolve("tls.key"), key);
  }

  private void put(String name) throws Exception {
    put(read(name + ".crt"), read(name + ".key"));
  }

  /// A server that shows the pair in the files, and the files looked at by hand.
  private final class Shown {
    private final Certificates certificates;
    private final HttpServerOptions options;
    private final HttpServer server;

    Shown() throws Exception {
      certificates =
          await(
              Certificates.open(
                  vertx, folder.resolve("tls.crt"), folder.resolve("tls.key"), registry));
      options = certificates.configure(new HttpServerOptions());
      server =
          await(vertx.createHttpServer(options).requestHandler(_ -> {}).listen(0, "127.0.0.1"));
    }

    void look() throws Exception {
      await(certificates.look(server, options));
    }

    /// Looks as often as something might come of it.
    void lookThrice() throws Exception {
      look();
      look();
      look();
    }

    /// How many pairs were taken, and whether the files are refused.
    List<Double> state() {
      return List.of(
          registry.get("truc.tls.renewals").counter().count(),
          registry.get("truc.tls.refused").gauge().value());
    }

    String notices() {
      return String.join("\n", certificates.notices(Instant.now()));
    }
  }

  /// A chain file cut behind the first certificate is a pair like any other; it was taken, and
  /// browsers that knew only the authority stayed out until the next look.
  @Test
  void changedPairIsTakenWhenTwoLooksFindTheSame() throws Exception {
    put("good");
    Shown shown = new Shown();
    String whole = read("next.crt") + read("good.crt");
    put(read("next.crt"), read("next.key"));
    shown.look();
    assertEquals(List.of(0.0, 0.0), shown.state(), "it may still be growing");
    put(whole, read("next.key"));
    shown.look();
    assertEquals(List.of(0.0, 0.0), shown.state(), "others than at the look before");
    shown.look();
    assertEquals(List.of(1.0, 0.0), shown.state());
    shown.lookThrice();
    assertEquals(List.of(1.0, 0.0), shown.state(), "once");
  }

  /// An old copy put back, or one that is not good yet, once replaced a good one: nobody got in.
  @Test
  void pairThatIsNotValidNowIsRefusedWhileTheOneInUseIs() throws Exception {
    put("good");
    Shown shown = new Shown();
    put("ended");
    shown.lookThrice();
    assertEquals(List.of(0.0, 1.0), shown.state());
    assertTrue(shown.notices().contains("the certificate ended at "), shown::notices);
    put("early");
    shown.lookThrice();
    assertEquals(List.of(0.0, 1.0), shown.state());
    assertTrue(shown.notices().contains("the certificate begins at "), shown::notices);
    put("next");
    shown.lookThrice();
    assertEquals(List.of(1.0, 0.0), shown.state());
    assertEquals("", shown.notices());
  }

  @Test
  void pairInUseThatIsNotValidItselfGivesWay() throws Exception {
    put("ended");
    Shown shown = new Shown();
    assertTrue(shown.notices().startsWith("the certificate in use ended at "), shown::notices);
    put("early");
    shown.lookThrice();
    assertEquals(List.of(1.0, 0.0), shown.state());
    assertTrue(shown.notices().startsWith("the certificate in use begins at "), shown::notices);
    put("next");
    shown.lookThrice();
    assertEquals(List.of(2.0, 0.0), shown.state());
    assertEquals("", shown.notices());
  }
}
