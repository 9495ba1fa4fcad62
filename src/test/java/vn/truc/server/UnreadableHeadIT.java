package vn.truc.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An address or headers over the limit were answered with a bare status, and what is no HTTP at
/// all with a cut connection: the only errors without a body. They say what is wrong like all
/// others.
class UnreadableHeadIT {
  @TempDir private Path folder = Path.of("");

  @Test
  void headsThatCannotBeReadAreAnsweredWithAProblem() throws Exception {
    try (RunningServer server = RunningServer.start(folder.resolve("data"))) {
      String end = " HTTP/1.1\r\nHost: x\r\n";
      String large = "x".repeat(70_000);
      told(server, 414, "GET /" + large + end + "\r\n");
      told(server, 431, "GET /" + end + "X-Large: " + large + "\r\n\r\n");
      told(server, 400, "NO HTTP AT ALL\r\n\r\n");
      assertEquals(200, server.get("/healthz", "").status());
    }
  }

  private static void told(RunningServer server, int status, String request) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);
      assertTrue(answer.matches("(?s)HTTP/1\\.[01] " + status + " .*"), answer);
      String head = answer.toLowerCase(Locale.ROOT);
      assertTrue(head.contains("content-type: application/problem+json"), answer);
      JsonObject problem = new JsonObject(answer.substring(answer.indexOf("\r\n\r\n")));
      assertEquals(status, problem.getInteger("status"), answer);
      assertTrue(!problem.getString("detail").isEmpty(), answer);
    }
  }
}
