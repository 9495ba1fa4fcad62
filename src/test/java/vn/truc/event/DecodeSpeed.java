package vn.truc.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/// Decodes a typical event in a loop and prints the rate, beside a bare token loop of jackson-core
/// over the same bytes. Run by hand; no test.
final class DecodeSpeed {
  private static final String EVENT =
      """
      {"specversion":"1.0","id":"0000NUMBER","source":"/mot-cua/so-xay-dung","type":"vn.ioc.dossier.status",\
      "subject":"H60.50.05.13-261123-NUMBER","time":"2026-11-23T07:30:00.250+07:00",\
      "datacontenttype":"application/json","data":{"status":4,"agency":"H60.50","procedure":"2.000635",\
      "field":"dat-dai","area":"02215","channel":"online","applicant":"citizen",\
      "dueAt":"2026-11-27T17:00:00+07:00"}}""";

  private DecodeSpeed() {}

  /// Arguments: seconds a measurement (3).
  public static void main(String[] args) throws IOException {
    long nanos = (args.length == 0 ? 3 : Long.parseLong(args[0])) * 1_000_000_000L;
    byte[][] events = new byte[4_096][];
    for (int i = 0; i < events.length; i++) {
      events[i] = EVENT.replace("NUMBER", Integer.toString(10_000 + i)).getBytes(UTF_8);
    }
    for (int round = 0; round < 3; round++) {
      System.out.printf(
          "bytes=%d codec=%.0f/s jackson-tokens-and-texts=%.0f/s%n",
          events[0].length, codec(events, nanos), jackson(events, nanos));
    }
  }

  private static double codec(byte[][] events, long nanos) {
    EventCodec codec = new EventCodec(CodecLimits.defaults());
    DecodeContext context = new DecodeContext(Rfc3339.parse("2026-11-23T08:00:00+07:00"), "key-1");
    long begin = System.nanoTime();
    long count = 0;
    while (System.nanoTime() - begin < nanos) {
      for (byte[] event : events) {
        if (codec.decode(event, 0, event.length, count, context) instanceof Decoded.Accepted) {
          count++;
        }
      }
    }
    return count * 1e9 / (System.nanoTime() - begin);
  }

  private static double jackson(byte[][] events, long nanos) throws IOException {
    JsonFactory factory = new JsonFactory();
    long begin = System.nanoTime();
    long count = 0;
    long characters = 0;
    while (System.nanoTime() - begin < nanos) {
      for (byte[] event : events) {
        try (JsonParser parser = factory.createParser(event, 0, event.length)) {
          for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
            if (token == JsonToken.VALUE_STRING) {
              characters += parser.getText().length();
            }
          }
        }
        count++;
      }
    }
    return characters == 0 ? 0 : count * 1e9 / (System.nanoTime() - begin);
  }
}
