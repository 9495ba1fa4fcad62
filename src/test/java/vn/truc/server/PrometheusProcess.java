package vn.truc.server;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// A real Prometheus with the shipped configuration and rules; only the address of the server is
/// put in place, and the time between two scrapes.
final class PrometheusProcess implements AutoCloseable {
  private static final Path SHIPPED = Path.of("deploy/prometheus");
  private static final int ATTEMPTS = 5;

  private final HttpClient http = HttpClient.newHttpClient();
  private final int port;
  private final Process process;

  private PrometheusProcess(int port, Process process) {
    this.port = port;
    this.process = process;
  }

  /// Starts one that scrapes a server's port, on any free one; returns when it is ready.
  static PrometheusProcess start(Path folder, int serverPort) throws Exception {
    Files.createDirectories(folder);
    Files.copy(SHIPPED.resolve("truc.rules.yml"), folder.resolve("truc.rules.yml"));
    String config = Files.readString(SHIPPED.resolve("prometheus.yml"));
    if (!config.contains("[127.0.0.1:8080]") || !config.contains("interval: 15s")) {
      throw new AssertionError("the shipped prometheus.yml is not what this test knows");
    }
    Files.writeString(
        folder.resolve("prometheus.yml"),
        config
            .replace("[127.0.0.1:8080]", "[127.0.0.1:" + serverPort + "]")
            .replace("interval: 15s", "interval: 1s"));
    for (int attempt = 1; ; attempt++) {
      int port = freePort();
      PrometheusProcess started = new PrometheusProcess(port, launch(folder, port));
      if (started.answers()) {
        return started;
      }
      started.process.destroyForcibly();
      if (attempt == ATTEMPTS) {
        throw new AssertionError(
            "prometheus does not start:\n" + Files.readString(folder.resolve("out")));
      }
    }
  }

  private static Process launch(Path folder, int port) throws IOException {
    return new ProcessBuilder(
            Tool.find("prometheus", "prometheus").toString(),
            "--config.file=" + folder.resolve("prometheus.yml"),
            "--storage.tsdb.path=" + folder.resolve("data"),
            "--web.listen-address=127.0.0.1:" + port,
            "--log.level=warn")
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("out").toFile()))
        .start();
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  private boolean answers() throws Exception {
    while (!process.waitFor(50, TimeUnit.MILLISECONDS)) {
      try {
        if (send("/-/ready").statusCode() == 200) {
          return true;
        }
      } catch (IOException _) {
        // Not yet.
      }
    }
    return false;
  }

  private HttpResponse<String> send(String path) throws Exception {
    URI address = URI.create("http://127.0.0.1:" + port + path);
    return http.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
  }

  private JsonObject api(String path) throws Exception {
    JsonObject answer = new JsonObject(send("/api/v1/" + path).body());
    if (!"success".equals(answer.getString("status"))) {
      throw new AssertionError(path + ": " + answer.encode());
    }
    return answer;
  }

  /// The series an expression gives now; fails when it cannot be evaluated.
  JsonArray query(String expression) throws Exception {
    return api("query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
        .getJsonObject("data")
        .getJsonArray("result");
  }

  /// The names of all series it has seen.
  Set<String> names() throws Exception {
    return api("label/__name__/values").getJsonArray("data").stream()
        .map(String::valueOf)
        .collect(Collectors.toSet());
  }

  /// The rules as they stand, each with its `health`.
  JsonArray rules() throws Exception {
    return api("rules")
        .getJsonObject("data")
        .getJsonArray("groups")
        .getJsonObject(0)
        .getJsonArray("rules");
  }

  @Override
  public void close() {
    http.shutdownNow();
    Tool.end(process, "prometheus");
  }
}
