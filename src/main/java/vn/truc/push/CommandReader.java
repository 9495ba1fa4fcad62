package vn.truc.push;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads the commands of one text message: JSON objects joined by line breaks. Unknown members are
/// skipped, whatever they hold.
final class CommandReader {
  private static final int DEPTH_MAX = 64;
  private static final long ID_MAX = 0xFFFF_FFFFL;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
          .build();

  private long id;
  private String name = "";
  private int bodies;
  private String token = "";
  private String channel = "";
  private boolean recover;
  private long offset;
  private String epoch = "";
  private long flag;
  private long type;
  private boolean filtered;

  private CommandReader() {}

  /// The commands in order; empty when the message breaks the protocol anywhere.
  static Optional<List<ClientCommand>> read(byte[] message) {
    List<ClientCommand> commands = new ArrayList<>();
    try (JsonParser json = JSON.createParser(message)) {
      JsonToken start = json.nextToken();
      while (start != null) {
        if (start != JsonToken.START_OBJECT) {
          return Optional.empty();
        }
        Optional<ClientCommand> command = new CommandReader().command(json);
        if (command.isEmpty()) {
          return Optional.empty();
        }
        commands.add(command.get());
        start = json.nextToken();
      }
    } catch (IOException _) {
      return Optional.empty();
    }
    return commands.isEmpty() ? Optional.empty() : Optional.of(commands);
  }

  private Optional<ClientCommand> command(JsonParser json) throws IOException {
    int members = 0;
    for (String member = next(json); member != null; member = next(json)) {
      members++;
      JsonToken value = json.nextToken();
      if (member.equals("id")) {
        id = value == JsonToken.VALUE_NUMBER_INT ? json.getLongValue() : -1;
      } else if (value == JsonToken.START_OBJECT && known(member)) {
        name = member;
        bodies++;
        body(json);
      } else {
        json.skipChildren();
      }
    }
    return members == 0 ? Optional.of(new ClientCommand.Pong()) : assembled();
  }

  private Optional<ClientCommand> assembled() {
    if (bodies != 1) {
      return Optional.empty();
    }
    if (name.equals("send")) {
      return Optional.of(new ClientCommand.Send());
    }
    if (id <= 0 || id > ID_MAX || offset < 0) {
      return Optional.empty();
    }
    return Optional.of(
        switch (name) {
          case "connect" -> new ClientCommand.Connect(id, token);
          case "refresh" -> new ClientCommand.Refresh(id, token);
          case "subscribe" ->
              new ClientCommand.Subscribe(
                  id, channel, recover, offset, epoch, (flag & 2) != 0, type, filtered);
          case "unsubscribe" -> new ClientCommand.Unsubscribe(id, channel);
          default -> new ClientCommand.Unavailable(id);
        });
  }

  private static boolean known(String member) {
    return switch (member) {
      case "connect",
          "refresh",
          "subscribe",
          "unsubscribe",
          "publish",
          "presence",
          "presence_stats",
          "history",
          "ping",
          "send",
          "rpc",
          "sub_refresh" ->
          true;
      default -> false;
    };
  }

  private void body(JsonParser json) throws IOException {
    for (String member = next(json); member != null; member = next(json)) {
      JsonToken value = json.nextToken();
      switch (member) {
        case "token" -> token = text(json, value);
        case "channel" -> channel = text(json, value);
        case "epoch" -> epoch = text(json, value);
        case "recover" -> recover = value == JsonToken.VALUE_TRUE;
        case "offset" -> offset = number(json, value);
        case "flag" -> flag = number(json, value);
        case "type" -> type = number(json, value);
        case "tf" -> {
          filtered = value != JsonToken.VALUE_NULL;
          json.skipChildren();
        }
        default -> json.skipChildren();
      }
    }
  }

  /// The next member's name; null at the object's end.
  private static @Nullable String next(JsonParser json) throws IOException {
    JsonToken token = json.nextToken();
    if (token == JsonToken.FIELD_NAME) {
      return json.currentName();
    }
    if (token == JsonToken.END_OBJECT) {
      return null;
    }
    throw new IOException("the message ends within a command");
  }

  private static String text(JsonParser json, @Nullable JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_STRING) {
      return json.getText();
    }
    json.skipChildren();
    return "";
  }

  private static long number(JsonParser json, @Nullable JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_NUMBER_INT) {
      return json.getLongValue();
    }
    json.skipChildren();
    return 0;
  }
}
