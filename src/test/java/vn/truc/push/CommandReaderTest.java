package vn.truc.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandReaderTest {

  private static List<ClientCommand> read(String text) {
    return CommandReader.read(text.getBytes(StandardCharsets.UTF_8));
  }

  /// A wrong type was taken as absent, so a client that meant to recover lost its publications
  /// without a word.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "'recover':'true'",
        "'recover':1",
        "'offset':'1'",
        "'offset':1.5",
        "'offset':1.0",
        "'offset':1e3",
        "'offset':-1",
        "'offset':18446744073709551616",
        "'epoch':5",
        "'epoch':{}",
        "'flag':'2'",
        "'flag':-1",
        "'flag':2147483648",
        "'type':'0'",
        "'type':true",
        "'positioned':'x'",
        "'recoverable':0",
        "'join_leave':[]",
        "'delta':1",
        "'token':7",
        "'channel':7",
        "'tf':1",
        "'limit':'9'",
        "'reverse':1",
        "'since':5",
        "'subs':[]",
        "'headers':'x'",
        "'name':1",
        "'version':{}",
        "'method':3"
      })
  void aKnownMemberOfAWrongTypeBreaksTheProtocol(String member) {
    String quoted = member.replace('\'', '"');
    for (String command : List.of("subscribe", "connect", "history", "rpc")) {
      assertEquals(
          List.of(new ClientCommand.Broken()),
          read("{\"id\":1,\"" + command + "\":{" + quoted + "}}"),
          command);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'id':'1','connect':{}}",
        "{'id':0,'connect':{}}",
        "{'id':-1,'connect':{}}",
        "{'id':1.5,'connect':{}}",
        "{'id':4294967296,'connect':{}}",
        "{'connect':{}}",
        "{'id':1}",
        "{'id':1,'connect':5}",
        "{'id':1,'connect':{},'ping':{}}",
        "[]",
        "5",
        "",
        "{'id':1,'connect':{}",
        "{'id':1,'connect':{'token':}}"
      })
  void whatIsNoCommandBreaksTheProtocol(String text) {
    assertEquals(List.of(new ClientCommand.Broken()), read(text.replace('\'', '"')));
  }

  @Test
  void nullAndUnknownMembersAreNothing() {
    assertEquals(
        List.of(new ClientCommand.Subscribe(7, "a", true, 5, "e", true, 0, false)),
        read(
            """
            {"x":[1,{}],"subscribe":{"token":null,"channel":"a","recover":true,"offset":5,"epoch":"e",\
            "flag":3,"y":{"recover":"z"},"data":{"offset":"x"},"positioned":false},"id":7}"""));
    assertEquals(
        List.of(new ClientCommand.Connect(4294967295L, "t")),
        read(
            "{\"id\":4294967295,\"connect\":{\"token\":\"t\",\"subs\":{\"a\":{\"offset\":\"x\"}}}}"));
  }

  @Test
  void offsetsAreUnsigned() {
    ClientCommand.Subscribe far =
        assertInstanceOf(
            ClientCommand.Subscribe.class,
            read("{\"id\":1,\"subscribe\":{\"channel\":\"a\",\"offset\":18446744073709551615}}")
                .getFirst());
    assertEquals(-1, far.offset());
  }

  @Test
  void whatCameBeforeABrokenCommandIsRead() {
    assertEquals(
        List.of(
            new ClientCommand.Unsubscribe(1, "a"),
            new ClientCommand.Pong(),
            new ClientCommand.Send(),
            new ClientCommand.Broken()),
        read(
            """
            {"id":1,"unsubscribe":{"channel":"a"}}
            {}
            {"send":{"data":5}}
            {"id":2,"subscribe":{"channel":5}}
            {"id":3,"unsubscribe":{"channel":"b"}}"""));
  }

  /// JSON deeper than 64 within the data of a command that is not served ended the connection.
  @Test
  void dataMayBeAsDeepAsAMessageIsLong() {
    String deep = "[".repeat(30_000) + "]".repeat(30_000);
    for (String command : List.of("rpc", "publish")) {
      assertEquals(
          List.of(new ClientCommand.Unavailable(9)),
          read("{\"id\":9,\"" + command + "\":{\"data\":" + deep + "}}"));
    }
    assertEquals(
        List.of(new ClientCommand.Broken()),
        read("{\"id\":9,\"rpc\":{\"data\":" + "[".repeat(30_000)));
  }
}
