package vn.truc.real;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The packaged server as its own process, spoken to as any outside program would.
final class RealServer implements AutoCloseable {
  private static final int PAGE = 1000;

  private final Path jar;
  private final Path data;
  private final Process process;
  private final String url;
  private final HttpClient http = HttpClient.newHttpClient();
  private String token = "";

  private RealServer(Path jar, Path data, Process process, String url) {
    this.jar = jar;
    this.data = data;
    this.process = process;
    this.url = url;
  }

  /// Starts `serve` with its own data folder and a clock that stands still.
  static RealServer start(Path jar, Path config, Path data, String clock) throws IOException {
    Process process =
        new ProcessBuilder(
                java(),
                "-jar",
                jar.toString(),
                "serve",
                "--config",
                config.toString(),
                "--data",
                data.toString(),
                "--port",
                "0",
                "--clock",
                clock)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("http")) {
        Thread.ofVirtual().start(() -> out.lines().forEach(System.err::println));
        return new RealServer(jar, data, process, line.strip().replaceAll("/+$", ""));
      }
    }
    process.destroy();
    throw new IOException("the server ended before it printed its address");
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  String url() {
    return url;
  }

  /// Runs a verb of the same jar to its end; its lines on standard output.
  List<String> verb(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(java(), "-jar", jar.toString()));
    command.addAll(List.of(arguments));
    Process run =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<String> lines = run.inputReader(StandardCharsets.UTF_8).lines().toList();
    int code = run.waitFor();
    if (code != 0) {
      lines.forEach(System.err::println);
      throw new IOException(String.join(" ", arguments) + " ended with " + code);
    }
    return lines;
  }

  /// A new key for a source.
  String key(String source) throws IOException, InterruptedException {
    return verb("key", "add", "--data", data.toString(), "--source", source, "--name", "real")
        .getLast()
        .strip();
  }

  /// Takes a token that reads everything.
  void enter() throws IOException, InterruptedException {
    token =
        verb("token", "--data", data.toString(), "--role", "operator", "--scope", "province")
            .getLast()
            .strip();
  }

  /// The body of a GET; fails on any other answer than 200.
  JsonObject get(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(Duration.ofSeconds(30))
            .header("Authorization", "Bearer " + token)
            .build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(path + " answered " + response.statusCode() + ": " + response.body());
    }
    return new JsonObject(response.body());
  }

  /// The codes of all cases a filter finds, page after page.
  ///
  /// @param filter the query after `kind=feedback`, like `&state=open`
  List<String> codes(String filter) throws IOException, InterruptedException {
    List<String> codes = new ArrayList<>();
    String cursor = "";
    while (true) {
      JsonObject page = get("/api/v1/cases?kind=feedback&limit=" + PAGE + filter + cursor);
      page.getJsonArray("cases")
          .forEach(found -> codes.add(((JsonObject) found).getString("code")));
      String next = page.getString("next");
      if (next == null) {
        return codes;
      }
      cursor = "&cursor=" + encoded(next);
    }
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    http.close();
    process.destroy();
    boolean alive =
        process.onExit().completeOnTimeout(process, 15, TimeUnit.SECONDS).join().isAlive();
    if (alive) {
      process.destroyForcibly();
    }
  }
}
