package vn.truc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server with certificates of a small authority of the test's own, which are exchanged while it
/// runs.
class TlsIT {
  private static final String RSA = "rsa:2048";
  private static final String EC = "ec:prime256v1";

  @TempDir private Path folder = Path.of("");

  private Path chain = Path.of("");
  private Path key = Path.of("");
  private Path config = Path.of("");

  @BeforeEach
  void authority() throws Exception {
    chain = folder.resolve("tls.crt");
    key = folder.resolve("tls.key");
    config = ConfigCopy.in(folder);
    Path node = config.resolve("truc.yaml");
    Files.writeString(node, Files.readString(node) + "\nhttp: {certificateCheckMillis: 30}\n");
    openssl(
        "req -x509 -newkey rsa:2048 -nodes -subj /CN=authority -days 20 -keyout ca.key -out ca.crt");
    certificate("one", RSA, 5);
    certificate("two", EC, 9);
    certificate("three", RSA, 9);
  }

  /// Makes NAME.crt and NAME.key for this address.
  private void certificate(String name, String type, int days) throws Exception {
    String newKey =
        type.equals(RSA)
            ? "-newkey rsa:2048"
            : "-newkey ec -pkeyopt ec_paramgen_curve:" + type.substring(3);
    openssl("req -new " + newKey + " -nodes -subj /CN=" + name + " -keyout $.key -out $.csr", name);
    Files.writeString(folder.resolve("san"), "subjectAltName=IP:127.0.0.1\n");
    openssl(
        "x509 -req -in $.csr -CA ca.crt -CAkey ca.key -CAcreateserial -extfile san -out $.crt -days "
            + days,
        name);
  }

  private void openssl(String arguments, String... name) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments.replace("$", String.join("", name)).split(" ")));
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("openssl.log").toFile())
            .start();
    assertEquals(0, process.waitFor(), () -> read(folder.resolve("openssl.log")));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /// Puts a pair where the server looks, as a tool that renews certificates does: each by a rename.
  private void put(String chainOf, String keyOf) throws IOException {
    move(chainOf + ".crt", chain);
    move(keyOf + ".key", key);
  }

  private void move(String name, Path to) throws IOException {
    Path draft = folder.resolve("draft");
    Files.copy(folder.resolve(name), draft, StandardCopyOption.REPLACE_EXISTING);
    Files.move(draft, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private RunningServer start() throws IOException {
    return RunningServer.start(folder.resolve("data"), options());
  }

  private String[] options() {
    return new String[] {
      "--clock",
      Fact.CLOCK,
      "--config",
      config.toString(),
      "--tls-cert",
      chain.toString(),
      "--tls-key",
      key.toString()
    };
  }

  private X509Certificate parsed(String name) throws Exception {
    try (InputStream in = Files.newInputStream(folder.resolve(name + ".crt"))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  /// Trusts the authority, and nobody else.
  private SSLContext trusting() throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setCertificateEntry("authority", parsed("ca"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private HttpClient client() throws Exception {
    return HttpClient.newBuilder().sslContext(trusting()).build();
  }

  private static HttpResponse<String> get(HttpClient http, RunningServer server, String path)
      throws Exception {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(URI.create(server.url() + path)).build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(200, response.statusCode(), response::body);
    return response;
  }

  private static double metric(HttpClient http, RunningServer server, String name)
      throws Exception {
    return get(http, server, "/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  private static JsonArray notices(HttpClient http, RunningServer server) throws Exception {
    return new JsonObject(get(http, server, "/readyz").body()).getJsonArray("notices");
  }

  /// Whose certificate a new handshake shows, having verified it.
  private String shown(RunningServer server) throws Exception {
    try (SSLSocket socket =
        (SSLSocket) trusting().getSocketFactory().createSocket("127.0.0.1", server.port())) {
      return socket.getSession().getPeerPrincipal().getName();
    }
  }

  /// A sender tried for minutes where nothing but another certificate could help, without a word.
  @Test
  void whoTheSenderTrustsIsSaidOrItEndsAtOnce() throws Exception {
    put("one", "one");
    try (RunningServer server = start()) {
      String sourceKey = server.key(Fact.SOURCE);
      Path file =
          Files.writeString(
              folder.resolve("f.ndjson"), Fact.feedback("1", "PA-1", "received") + "\n");
      String[] replay = {
        "replay", file.toString(), "--url", server.url(), "--key", sourceKey, "--ca", "ca.crt"
      };
      RunningServer.Ran untrusted =
          RunningServer.verb(server.data(), java.util.Arrays.copyOf(replay, 6));
      assertEquals(1, untrusted.code(), untrusted::toString);
      assertTrue(untrusted.out().contains("its certificate is not trusted"), untrusted::toString);
      replay[7] = folder.resolve("ca.crt").toString();
      RunningServer.Ran trusted = RunningServer.verb(server.data(), replay);
      assertEquals(0, trusted.code(), trusted::toString);
      assertTrue(trusted.out().contains("accepted 1"), trusted::toString);
      replay[7] = file.toString();
      RunningServer.Ran none = RunningServer.verb(server.data(), replay);
      assertEquals(1, none.code(), none::toString);
      assertTrue((none.out() + none.err()).contains("--ca"), none::toString);
    }
  }

  @Test
  void changedPairIsTakenWhileConnectionsGoOn() throws Exception {
    put("one", "one");
    try (RunningServer server = start();
        HttpClient http = client();
        Screen before = Screen.connect(server, client(), server.token())) {
      assertTrue(server.url().startsWith("https://"), server.url());
      assertEquals("CN=one", shown(server));
      assertEquals(end("one"), metric(http, server, "truc_tls_certificate_end_seconds"));
      assertTrue(before.subscribe("feed:province").containsKey("subscribe"));
      HttpClient.Version version = get(http, server, "/metrics").version();

      put("two", "two");
      Patience.until("the new certificate is shown", () -> shown(server).equals("CN=two"));
      assertEquals(end("two"), metric(http, server, "truc_tls_certificate_end_seconds"));
      assertTrue(server.log().contains("certificate_taken end="), server::log);
      try (HttpClient fresh = client();
          Screen after = Screen.connect(server, client(), server.token())) {
        assertTrue(after.subscribe("feed:province").containsKey("subscribe"));
        HttpRequest post =
            HttpRequest.newBuilder(URI.create(server.url() + "/api/v1/events"))
                .header("Authorization", "Bearer " + server.key(Fact.SOURCE))
                .header("Content-Type", RunningServer.STRUCTURED)
                .POST(BodyPublishers.ofString(Fact.feedback("1", "PA-1", "received")))
                .build();
        HttpResponse<String> answer = fresh.send(post, HttpResponse.BodyHandlers.ofString());
        assertEquals(202, answer.statusCode(), answer::body);
        assertEquals(version, answer.version(), "as before the change");
        for (Screen screen : List.of(before, after)) {
          screen.publication("feed:province", data -> "PA-1".equals(data.getString("code")));
        }
      }
      assertEquals(0, server.stop());
    }
  }

  private double end(String name) throws Exception {
    return parsed(name).getNotAfter().toInstant().getEpochSecond();
  }

  @Test
  void unusableFilesLeaveThePairInUse() throws Exception {
    put("one", "one");
    try (RunningServer server = start();
        HttpClient http = client()) {
      move("two.crt", chain);
      awaitRefused(
          http, server, "no certificate with its key: private key algorithm does not match");
      move("three.key", key);
      move("one.crt", chain);
      awaitRefused(http, server, "the key is not the certificate's");
      Files.writeString(chain, Files.readString(folder.resolve("two.crt")).substring(0, 300));
      awaitRefused(http, server, "no certificate with its key");
      Files.delete(key);
      awaitRefused(http, server, "tls.key");
      assertEquals("CN=one", shown(server));
      assertEquals(1, metric(http, server, "truc_tls_refused"));
      assertEquals(end("one"), metric(http, server, "truc_tls_certificate_end_seconds"));

      put("one", "one");
      Patience.until("they are sound again", () -> notices(http, server).isEmpty());
      assertEquals(0, metric(http, server, "truc_tls_refused"));
      assertEquals(0, metric(http, server, "truc_tls_renewals_total"));
      assertEquals(1, count(server.log(), "certificate_refused"), server::log);
      assertEquals(1, count(server.log(), "certificate_files_sound"), server::log);

      put("two", "two");
      Patience.until("the next pair is shown", () -> shown(server).equals("CN=two"));
      assertEquals(1, metric(http, server, "truc_tls_renewals_total"));
      assertEquals(new JsonArray(), notices(http, server));
    }
  }

  private static void awaitRefused(HttpClient http, RunningServer server, String why)
      throws Exception {
    Patience.until(why, () -> notices(http, server).encode().contains(why));
  }

  private static long count(String text, String word) {
    return text.lines().filter(line -> line.contains(word)).count();
  }

  @Test
  void certificateThatEndedIsTold() throws Exception {
    certificate("old", EC, 0);
    put("old", "old");
    try (RunningServer server = start()) {
      SSLContext anybody = SSLContext.getInstance("TLS");
      anybody.init(null, new javax.net.ssl.TrustManager[] {new Anybody()}, null);
      try (HttpClient http = HttpClient.newBuilder().sslContext(anybody).build()) {
        Patience.until("it has ended", () -> !notices(http, server).isEmpty());
        assertTrue(notices(http, server).getString(0).startsWith("the certificate in use ended"));
      }
    }
  }

  /// For a certificate nobody should trust.
  private static final class Anybody extends javax.net.ssl.X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

    @Override
    public void checkClientTrusted(
        X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

    @Override
    public void checkServerTrusted(
        X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  @Test
  void noStartWithAKeyThatIsNotTheCertificates() throws Exception {
    put("one", "two");
    Path data = folder.resolve("data");
    try (RunningServer.Starting starting = RunningServer.begin(data, options())) {
      assertEquals(1, starting.process().waitFor());
    }
    String said = Files.readString(folder.resolve("data.log"));
    assertTrue(said.contains("tls.key cannot be used: "), said);
  }

  @Test
  void healthCheckAsksTheServerItself() throws Exception {
    put("one", "one");
    try (RunningServer server = start()) {
      Map<String, String> told =
          Map.of("TRUC_PORT", "" + server.port(), "TRUC_TLS_CERT", chain.toString());
      Map<String, String> inItsFile = Map.of("TRUC_PORT", "" + server.port());
      assertEquals(0, healthy(told));
      assertEquals(0, healthy(inItsFile));
      signal("-STOP", server);
      assertNotEquals(0, healthy(told), "it listens and does not answer");
      signal("-CONT", server);
      assertEquals(0, healthy(told));
    }
    try (RunningServer server = RunningServer.start(folder.resolve("clear"))) {
      Map<String, String> port = Map.of("TRUC_PORT", "" + server.port(), "TRUC_HOST", "0.0.0.0");
      assertEquals(0, healthy(port));
      signal("-STOP", server);
      assertNotEquals(0, healthy(port));
      signal("-CONT", server);
      assertEquals(0, server.stop());
      assertNotEquals(0, healthy(port));
    }
  }

  private static int healthy(Map<String, String> environment) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(".ci/healthy").inheritIO();
    builder.environment().keySet().removeIf(name -> name.startsWith("TRUC_"));
    builder.environment().putAll(environment);
    return builder.start().waitFor();
  }

  private static void signal(String signal, RunningServer server) throws Exception {
    assertEquals(0, new ProcessBuilder("kill", signal, "" + server.pid()).start().waitFor());
  }
}
