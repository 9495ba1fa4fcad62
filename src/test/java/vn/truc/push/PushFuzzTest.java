package vn.truc.push;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import vn.truc.testing.Fuzz;

/// Damaged messages and odd sequences of frames: each command is answered once, with a reply or an
/// error of the table, or the connection ends with a code of the table, and never with a fault of
/// ours.
class PushFuzzTest {
  private static final List<String> WORDS =
      List.of(
          "{",
          "}",
          "{}",
          "[",
          ",",
          ":",
          "\"",
          "\\",
          "\n",
          "\r",
          "null",
          "true",
          "-1",
          "0",
          "4294967296",
          "9223372036854775807",
          "1e9",
          "\\u0000",
          "\\ud800",
          "\u00ff",
          "\u00c0\u0080",
          "\"id\":2",
          "\"connect\":{",
          "\"subscribe\":{",
          "\"unsubscribe\":{",
          "\"refresh\":{",
          "\"send\":{}",
          "\"rpc\":{}",
          "\"token\":\"an\"",
          "\"token\":\"an@1700000009\"",
          "\"channel\":\"dossier:province\"",
          "\"channel\":\"feed:province\"",
          "\"recover\":true",
          "\"offset\":3",
          "\"epoch\":\"e-one\"",
          "\"flag\":2",
          "\"type\":1",
          "\"tf\":{}",
          "\u0000");

  /// Codes that only a fault of ours, a stop or the passing of time may bring.
  private static final Set<CloseCode> NOT_BY_A_MESSAGE =
      EnumSet.of(CloseCode.SERVER_ERROR, CloseCode.SHUTDOWN, CloseCode.GONE, CloseCode.SLOW);

  private static final Set<Integer> ERRORS =
      Stream.of(ErrorCode.values()).map(ErrorCode::code).collect(Collectors.toSet());
  private static final Set<String> REPLIES =
      Set.of("connect", "refresh", "subscribe", "unsubscribe", "error");

  /// Longer than a subscriber ahead of this node is held, shorter than a ping.
  private static final long HELD_MILLIS = 4_000;

  @Test
  void messages() throws Exception {
    long tried = new Fuzz("push", WORDS).run(this::message);
    assertTrue(tried > 100, "only " + tried);
  }

  private void message(byte[] input, SplittableRandom random) {
    Scene scene = Scene.standard();
    scene.publish("feed:province", 3);
    boolean fresh = random.nextInt(4) == 0;
    Scene.Client client = fresh ? scene.open() : scene.client();
    client.session.commands().receive(input);
    scene.beat.turn();
    scene.beat.pass(HELD_MILLIS);

    List<ClientCommand> commands = CommandReader.read(input);
    CloseCode closed = client.link.closed();
    if (commands.getLast() instanceof ClientCommand.Broken) {
      assertTrue(closed != null || !client.session.live(), "what breaks the protocol ends it");
    }
    Map<Long, Integer> answered = answers(client.link.lines());
    if (closed != null) {
      assertTrue(!NOT_BY_A_MESSAGE.contains(closed), closed::toString);
      return;
    }
    Map<Long, Integer> asked = new TreeMap<>();
    boolean givenUp = false;
    for (ClientCommand command : commands) {
      idOf(command).ifPresent(id -> asked.merge(id, 1, Integer::sum));
      givenUp |= command instanceof ClientCommand.Unsubscribe;
    }
    boolean refused = fresh && !client.session.live();
    if (refused) {
      assertEquals(1, answered.size(), "one error, and the client is expected to close");
    } else if (givenUp) {
      // a subscribe that is held and then given up has no reply of its own
      answered.forEach((id, times) -> assertTrue(times <= asked.getOrDefault(id, 0), "id " + id));
    } else {
      assertEquals(asked, answered);
    }
    scene.set("dossier:province", "{\"v\":1}");
    scene.beat.pass(HELD_MILLIS);
    answers(client.link.lines());
    assertNotEquals(CloseCode.SERVER_ERROR, client.link.closed());
    client.session.gone();
    assertEquals(0, scene.hub.connections());
  }

  @Test
  void frames() throws Exception {
    long tried = new Fuzz("push", WORDS).run(this::framed);
    assertTrue(tried > 100, "only " + tried);
  }

  /// The same bytes in frames of every kind, as the socket gives them.
  private void framed(byte[] input, SplittableRandom random) {
    Scene scene = Scene.standard();
    Scene.Client client = random.nextInt(4) == 0 ? scene.open() : scene.client();
    WebSocketEndpoint.Inbound inbound =
        new WebSocketEndpoint.Inbound(
            client.session,
            scene.settings.messageBytesMax(),
            new Arriving(bytes -> scene.hub.backlog().unfinished(client.session, bytes)));
    int sent = 0;
    while (sent < input.length) {
      int to = Math.min(input.length, sent + 1 + random.nextInt(input.length));
      inbound.handle(frame(Arrays.copyOfRange(input, sent, to), to == input.length, random));
      scene.beat.turn();
      sent = to;
    }
    scene.beat.pass(HELD_MILLIS);
    answers(client.link.lines());
    CloseCode closed = client.link.closed();
    assertTrue(closed == null || !NOT_BY_A_MESSAGE.contains(closed), () -> "" + closed);
  }

  private static WebSocketFrame frame(byte[] part, boolean last, SplittableRandom random) {
    boolean end = last != (random.nextInt(8) == 0);
    return switch (random.nextInt(10)) {
      case 0 -> WebSocketFrame.pingFrame(Buffer.buffer(Arrays.copyOf(part, 5)));
      case 1 -> WebSocketFrame.pongFrame(Buffer.buffer());
      case 2 -> WebSocketFrame.textFrame("", end);
      case 3 -> WebSocketFrame.textFrame(new String(part, UTF_8), end);
      case 4 ->
          random.nextInt(4) == 0
              ? WebSocketFrame.binaryFrame(Buffer.buffer(part), end)
              : WebSocketFrame.textFrame(new String(part, UTF_8), true);
      default -> WebSocketFrame.continuationFrame(Buffer.buffer(part), end);
    };
  }

  private static Optional<Long> idOf(ClientCommand command) {
    return switch (command) {
      case ClientCommand.Connect connect -> Optional.of(connect.id());
      case ClientCommand.Refresh refresh -> Optional.of(refresh.id());
      case ClientCommand.Subscribe subscribe -> Optional.of(subscribe.id());
      case ClientCommand.Unsubscribe unsubscribe -> Optional.of(unsubscribe.id());
      case ClientCommand.Unavailable other -> Optional.of(other.id());
      case ClientCommand.Pong _, ClientCommand.Broken _, ClientCommand.Send _ -> Optional.empty();
    };
  }

  /// How often each id was answered. Every line is JSON: a push, a ping or an answer.
  private static Map<Long, Integer> answers(List<String> lines) {
    Map<Long, Integer> answers = new TreeMap<>();
    for (String line : lines) {
      JsonObject json = new JsonObject(line);
      if (json.isEmpty() || json.containsKey("push")) {
        continue;
      }
      assertTrue(json.fieldNames().stream().anyMatch(REPLIES::contains), line);
      JsonObject error = json.getJsonObject("error");
      assertTrue(error == null || ERRORS.contains(error.getInteger("code")), line);
      answers.merge(json.getLong("id"), 1, Integer::sum);
    }
    return answers;
  }
}
