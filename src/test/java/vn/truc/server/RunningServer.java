package vn.truc.server;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `java -jar truc.jar serve` on a data folder, spoken to over its sockets only. What it writes to
/// standard error stands in `<data folder>.log` and in every failure.
final class RunningServer implements AutoCloseable {
  static final String STRUCTURED = "application/cloudevents+json";
  static final String BATCH = "application/cloudevents-batch+json";
  static final String NDJSON = "application/x-ndjson";

  private static final long START_SECONDS = 60;
  private static final long STOP_SECONDS = 10;
  private static final Path JAR = Path.of(System.getProperty("truc.jar", "target/truc.jar"));
  private static final List<String> JVM =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx768m");

  private static final Map<Path, String> TOKENS = new ConcurrentHashMap<>();

  private static final Pattern HELD = Pattern.compile(" loop_held millis=(\\d+)");
  private static final int COLD_SECONDS = 5;
  private static final int COLD_HELD_MILLIS = 500;

  private final Path data;
  private final Process process;
  private final String url;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private String token = "";

  private RunningServer(Path data, Process process, String url) {
    this.data = data;
    this.process = process;
    this.url = url;
  }

  /// What a verb left behind.
  record Ran(int code, String out, String err) {
    String lastLine() {
      return out.strip().lines().reduce((a, b) -> b).orElse("");
    }
  }

  /// An answer over HTTP.
  record Answer(int status, HttpResponse<String> response) {
    String body() {
      return response.body();
    }

    JsonObject json() {
      return new JsonObject(response.body());
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    @Override
    public String toString() {
      return status + " " + body();
    }
  }

  /// Starts a server on a data folder and any free port; returns when it answers.
  static RunningServer start(Path data, String... options) throws IOException {
    return begin(data, options).serving();
  }

  /// Starts a process and does not wait for it.
  static Starting begin(Path data, String... options) throws IOException {
    List<String> command = command("serve", "--data", data.toString());
    if (!List.of(options).contains("--port")) {
      command.addAll(List.of("--port", "0"));
    }
    command.addAll(List.of(options));
    Process process =
        builder(command, data.toAbsolutePath().resolveSibling(""))
            .redirectError(ProcessBuilder.Redirect.appendTo(logOf(data).toFile()))
            .start();
    return new Starting(data, process);
  }

  /// A process that does not serve yet.
  record Starting(Path data, Process process) implements AutoCloseable {

    /// Waits until it serves.
    RunningServer serving() throws IOException {
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      String line = out.readLine();
      if (line == null || !line.matches("https?://.*")) {
        int code = ended(process, 5) ? process.exitValue() : -1;
        process.destroyForcibly();
        throw new AssertionError(
            "the server did not start, exit "
                + code
                + ": "
                + line
                + "\n"
                + Files.readString(logOf(data)));
      }
      return new RunningServer(data, process, line.strip().replaceAll("/+$", ""));
    }

    /// Whether it lives, after a short look.
    boolean alive() throws InterruptedException {
      return !process.waitFor(10, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
      process.destroyForcibly();
      ended(process, STOP_SECONDS);
    }
  }

  /// Runs any verb to its end, whatever it is.
  static Ran verb(Path data, String... arguments) throws IOException {
    List<String> command = command(arguments);
    command.addAll(List.of("--data", data.toString()));
    Path err = Files.createTempFile("truc-verb", ".err");
    Process process =
        builder(command, data.toAbsolutePath().resolveSibling(""))
            .redirectError(err.toFile())
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!ended(process, START_SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(String.join(" ", arguments) + " does not end");
    }
    String said = Files.readString(err);
    Files.delete(err);
    return new Ran(process.exitValue(), out, said);
  }

  private static List<String> command(String... arguments) {
    List<String> command = new ArrayList<>(List.of(java()));
    command.addAll(JVM);
    command.addAll(List.of("-jar", JAR.toAbsolutePath().toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  private static ProcessBuilder builder(List<String> command, Path folder) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("TRUC_"));
    return builder;
  }

  /// The program that runs these tests runs the server too.
  static String java() {
    return ProcessHandle.current().info().command().orElse("java");
  }

  static Path jar() {
    return JAR.toAbsolutePath();
  }

  private static Path logOf(Path data) {
    return data.resolveSibling(data.getFileName() + ".log");
  }

  private static boolean ended(Process process, long seconds) {
    try {
      return process.waitFor(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// `http://127.0.0.1:PORT`.
  String url() {
    return url;
  }

  int port() {
    return URI.create(url).getPort();
  }

  long pid() {
    return process.pid();
  }

  Path data() {
    return data;
  }

  /// All that servers on this folder wrote to standard error.
  String log() {
    try {
      return Files.readString(logOf(data));
    } catch (IOException e) {
      throw new AssertionError("the log cannot be read", e);
    }
  }

  /// Asks the owner of the folder over its socket, as the command line does.
  JsonObject admin(String verb, JsonObject arguments) throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(data.resolve("truc.sock"));
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(address);
      JsonObject request = new JsonObject().put("verb", verb).put("arguments", arguments);
      ByteBuffer line = ByteBuffer.wrap((request.encode() + "\n").getBytes(StandardCharsets.UTF_8));
      while (line.hasRemaining()) {
        channel.write(line);
      }
      String answer =
          new BufferedReader(
                  new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8))
              .readLine();
      JsonObject json = new JsonObject(answer == null ? "{}" : answer);
      if (!json.getBoolean("ok", false)) {
        throw new AssertionError(verb + ": " + answer + "\n" + log());
      }
      return json.getJsonObject("result");
    }
  }

  /// A new key for a source and what is below it.
  String key(String source) throws IOException {
    return admin("key.add", new JsonObject().put("source", source).put("name", "test"))
        .getString("presented");
  }

  /// A new dashboard token.
  String token(String role, String scope) throws IOException {
    return admin("token", new JsonObject().put("role", role).put("scope", scope).put("user", "an"))
        .getString("token");
  }

  /// A token that reads everything, the same at each call and after each start on the folder: to
  /// issue one adds a record to the log.
  String token() throws IOException {
    if (token.isEmpty()) {
      String known = TOKENS.get(data.toAbsolutePath());
      token = known == null ? token("operator", "province") : known;
      TOKENS.put(data.toAbsolutePath(), token);
    }
    return token;
  }

  /// POST of events; an answer of any status.
  Answer post(String key, String type, String body) throws IOException, InterruptedException {
    return post("/api/v1/events", key, type, body);
  }

  Answer post(String path, String bearer, String type, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(Duration.ofMinutes(2))
            .header("Content-Type", type)
            .POST(BodyPublishers.ofString(body));
    return send(bearer, request);
  }

  /// GET with the token of everything.
  Answer get(String path) throws IOException, InterruptedException {
    return get(path, token());
  }

  /// GET; no token where it is empty.
  Answer get(String path, String bearer) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofMinutes(1)).GET();
    return send(bearer, request);
  }

  /// A request of any method, without a body, with the token of everything.
  Answer ask(String method, String path) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(Duration.ofMinutes(1))
            .method(method, BodyPublishers.noBody());
    return send(token(), request);
  }

  private Answer send(String bearer, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    if (!bearer.isEmpty()) {
      request.header("Authorization", "Bearer " + bearer);
    }
    HttpResponse<String> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return new Answer(response.statusCode(), response);
  }

  /// The body of a GET that must answer 200.
  JsonObject json(String path) throws IOException, InterruptedException {
    Answer answer = get(path);
    if (answer.status() != 200) {
      throw new AssertionError("GET " + path + ": " + answer + "\n" + log());
    }
    return answer.json();
  }

  /// The values of a scope's board.
  JsonObject board(String scope) throws IOException, InterruptedException {
    return json("/api/v1/board/" + scope).getJsonObject("values");
  }

  /// The sum of a metric over its labels on `/metrics`.
  double metric(String name) throws IOException, InterruptedException {
    String text = get("/metrics", "").body();
    return text.lines()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /// The memory the process holds now, heap and all (`VmRSS`).
  long residentBytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
        .sum();
  }

  /// SIGKILL; returns when the process is gone.
  void kill9() {
    process.destroyForcibly();
    if (!ended(process, STOP_SECONDS)) {
      throw new AssertionError("killed and still there");
    }
    http.shutdownNow();
    nothingHeldTheLoop();
  }

  /// Whatever a test does: no turn of the event loop may take so long that the server says so
  /// itself. It counts processor time of its thread, which a busy machine lengthens a little only.
  /// A process that has just begun loads the classes of its first requests, without the cache it
  /// has in use: there the bound is double.
  private void nothingHeldTheLoop() {
    Instant warm = Instant.MAX;
    for (String line : log().lines().toList()) {
      if (line.contains(" serving url=")) {
        warm = at(line).plusSeconds(COLD_SECONDS);
      }
      Matcher held = HELD.matcher(line);
      if (held.find()
          && (at(line).isAfter(warm) || Integer.parseInt(held.group(1)) > COLD_HELD_MILLIS)) {
        throw new AssertionError("the event loop was held: " + line);
      }
    }
  }

  private static Instant at(String line) {
    return OffsetDateTime.parse(line.substring(0, line.indexOf(' '))).toInstant();
  }

  /// SIGTERM alone; [#awaitEnd] sees what comes of it.
  void terminate() {
    process.destroy();
  }

  /// Waits for the end, at most ten seconds; the exit code.
  int awaitEnd() {
    if (!ended(process, STOP_SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("not ended within " + STOP_SECONDS + " s\n" + log());
    }
    http.shutdownNow();
    nothingHeldTheLoop();
    return process.exitValue();
  }

  /// SIGTERM; the exit code.
  int stop() {
    terminate();
    return awaitEnd();
  }

  boolean alive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    ended(process, STOP_SECONDS);
    http.shutdownNow();
    nothingHeldTheLoop();
  }
}
