package vn.truc.server;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// A real nginx with the shipped file: ports and paths in it are put in place, nothing else. A
/// client behind it says where it comes from in `X-Test-Client`, which nginx takes for the address
/// of the connection, so that loopback traffic can come from outside.
final class NginxProcess implements AutoCloseable {
  private static final Path SHIPPED = Path.of("deploy/nginx/truc.conf");
  private static final int ATTEMPTS = 5;

  private final Path folder;
  private final int port;
  private final int plainPort;
  private final Process process;

  private NginxProcess(Path folder, int port, int plainPort, Process process) {
    this.folder = folder;
    this.port = port;
    this.plainPort = plainPort;
    this.process = process;
  }

  /// Starts one in front of a server's port, on any free ones.
  static NginxProcess start(Path folder, int serverPort) throws Exception {
    Files.createDirectories(folder);
    certificate(folder);
    for (int attempt = 1; ; attempt++) {
      int port = freePort();
      int plainPort = freePort();
      Files.writeString(folder.resolve("truc.conf"), placed(folder, port, plainPort, serverPort));
      Files.writeString(folder.resolve("nginx.conf"), around(folder));
      Process process = launch(folder);
      if (answers(process, port)) {
        return new NginxProcess(folder, port, plainPort, process);
      }
      process.destroyForcibly();
      if (attempt == ATTEMPTS) {
        throw new AssertionError("nginx does not start:\n" + Files.readString(err(folder)));
      }
    }
  }

  private static String placed(Path folder, int port, int plainPort, int serverPort)
      throws IOException {
    Map<String, String> places = new LinkedHashMap<>();
    places.put("listen 80;", "listen 127.0.0.1:" + plainPort + ";");
    places.put("listen 443 ", "listen 127.0.0.1:" + port + " ");
    places.put("server 127.0.0.1:8080;", "server 127.0.0.1:" + serverPort + ";");
    places.put("/etc/ssl/truc/", folder + "/");
    places.put("/var/log/nginx/", folder + "/");
    String text = Files.readString(SHIPPED);
    for (Map.Entry<String, String> place : places.entrySet()) {
      if (!text.contains(place.getKey())) {
        throw new AssertionError(SHIPPED + " has no '" + place.getKey() + "'");
      }
      text = text.replace(place.getKey(), place.getValue());
    }
    return text;
  }

  private static String around(Path folder) {
    return """
    daemon off;
    user %2$s;
    worker_processes 1;
    pid %1$s/nginx.pid;
    events { worker_connections 256; }
    http {
      client_body_temp_path %1$s/body;
      proxy_temp_path %1$s/proxy;
      fastcgi_temp_path %1$s/fastcgi;
      uwsgi_temp_path %1$s/uwsgi;
      scgi_temp_path %1$s/scgi;
      set_real_ip_from 127.0.0.1;
      real_ip_header X-Test-Client;
      include %1$s/truc.conf;
    }
    """
        .formatted(folder, System.getProperty("user.name"));
  }

  private static void certificate(Path folder) throws Exception {
    Tool.run(
            Tool.find("openssl", "openssl").toString(),
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=truc",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-keyout",
            folder.resolve("key.pem").toString(),
            "-out",
            folder.resolve("cert.pem").toString())
        .well();
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  private static Process launch(Path folder) throws IOException {
    return new ProcessBuilder(
            Tool.find("nginx", "nginx-light").toString(),
            "-p",
            folder.toString(),
            "-c",
            folder.resolve("nginx.conf").toString(),
            "-e",
            err(folder).toString())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(err(folder).toFile()))
        .start();
  }

  private static Path err(Path folder) {
    return folder.resolve("error.log");
  }

  private static boolean answers(Process process, int port) throws Exception {
    while (!process.waitFor(10, TimeUnit.MILLISECONDS)) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return socket.isConnected();
      } catch (IOException _) {
        // Not yet.
      }
    }
    return false;
  }

  /// `https://127.0.0.1:PORT`.
  String url() {
    return "https://127.0.0.1:" + port;
  }

  /// `http://127.0.0.1:PORT`, which leads there.
  String plainUrl() {
    return "http://127.0.0.1:" + plainPort;
  }

  /// A client that trusts its certificate.
  HttpClient client() throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null);
    try (InputStream pem = Files.newInputStream(folder.resolve("cert.pem"))) {
      trusted.setCertificateEntry(
          "nginx", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).build();
  }

  /// Both its logs.
  String log() throws IOException {
    return Files.readString(folder.resolve("truc.access.log"))
        + "\n"
        + Files.readString(err(folder));
  }

  @Override
  public void close() {
    Tool.end(process, "nginx");
  }
}
