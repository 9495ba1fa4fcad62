package vn.truc.push;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the commands of one text message: JSON objects joined by line breaks. Unknown members are
/// skipped, whatever they hold and however deep; a known member of a wrong type breaks the
/// protocol: taken as absent, a position would be lost in silence.
final class CommandReader {
  private static final long ID_MAX = 0xFFFF_FFFFL;

  /// As deep as a message is long: what is skipped may hold anything.
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(Integer.MAX_VALUE).build())
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

  /// The commands in order. Where the message breaks the protocol the last is a
  /// [ClientCommand.Broken], behind those that came before.
  static List<ClientCommand> read(byte[] message) {
    List<ClientCommand> commands = new ArrayList<>();
    try (JsonParser json = JSON.createParser(message)) {
      JsonToken start = json.nextToken();
      while (start != null) {
        if (start != JsonToken.START_OBJECT) {
          commands.add(new ClientCommand.Broken());
          return commands;
        }
        commands.add(new CommandReader().command(json));
        if (commands.getLast() instanceof ClientCommand.Broken) {
          return commands;
        }
        start = json.nextToken();
      }
    } catch (IOException _) {
      commands.add(new ClientCommand.Broken());
    }
    if (commands.isEmpty()) {
      commands.add(new ClientCommand.Broken());
    }
    return commands;
  }

  private ClientCommand command(JsonParser json) throws IOException {
    int members = 0;
    for (String member = next(json); member != null; member = next(json)) {
      members++;
      JsonToken value = json.nextToken();
      if (member.equals("id")) {
        if (value != JsonToken.VALUE_NUMBER_INT) {
          throw fault();
        }
        id = unsigned(json, ID_MAX);
      } else if (known(member)) {
        if (value != JsonToken.START_OBJECT) {
          throw new IOException(member + " must be an object");
        }
        name = member;
        bodies++;
        body(json);
      } else {
        json.skipChildren();
      }
    }
    return members == 0 ? new ClientCommand.Pong() : assembled();
  }

  private ClientCommand assembled() {
    if (bodies != 1) {
      return new ClientCommand.Broken();
    }
    if (name.equals("send")) {
      return new ClientCommand.Send();
    }
    if (id == 0) {
      return new ClientCommand.Broken();
    }
    return switch (name) {
      case "connect" -> new ClientCommand.Connect(id, token);
      case "refresh" -> new ClientCommand.Refresh(id, token);
      case "subscribe" ->
          new ClientCommand.Subscribe(
              id, channel, recover, offset, epoch, (flag & 2) != 0, type, filtered);
      case "unsubscribe" -> new ClientCommand.Unsubscribe(id, channel);
      default -> new ClientCommand.Unavailable(id);
    };
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
      if (value == JsonToken.VALUE_NULL) {
        continue; // as if it were not there
      }
      switch (member) {
        case "token" -> token = text(json, value);
        case "channel" -> channel = text(json, value);
        case "epoch" -> epoch = text(json, value);
        case "name", "version", "delta", "method" -> text(json, value);
        case "recover" -> recover = truth(value);
        case "positioned", "recoverable", "join_leave", "reverse" -> truth(value);
        case "offset" -> offset = number(json, value, true);
        case "flag" -> flag = number(json, value, false);
        case "type" -> type = number(json, value, false);
        case "limit" -> number(json, value, false);
        case "tf" -> {
          filtered = true;
          object(json, value);
        }
        case "subs", "headers", "since" -> object(json, value);
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
    if (value != JsonToken.VALUE_STRING) {
      throw fault();
    }
    return json.getText();
  }

  private static boolean truth(@Nullable JsonToken value) throws IOException {
    if (value != JsonToken.VALUE_TRUE && value != JsonToken.VALUE_FALSE) {
      throw fault();
    }
    return value == JsonToken.VALUE_TRUE;
  }

  private static void object(JsonParser json, @Nullable JsonToken value) throws IOException {
    if (value != JsonToken.START_OBJECT) {
      throw fault();
    }
    json.skipChildren();
  }

  /// A whole number: unsigned of 64 bits, as two's complement, or from 0 to 2^31-1.
  private static long number(JsonParser json, @Nullable JsonToken value, boolean wide)
      throws IOException {
    if (value != JsonToken.VALUE_NUMBER_INT) {
      throw fault();
    }
    return unsigned(json, wide ? -1 : Integer.MAX_VALUE);
  }

  private static long unsigned(JsonParser json, long max) throws IOException {
    try {
      long number = Long.parseUnsignedLong(json.getText());
      if (Long.compareUnsigned(number, max) <= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new IOException("out of range", e);
    }
    throw fault();
  }

  private static IOException fault() {
    return new IOException("a member has the wrong type");
  }
}
