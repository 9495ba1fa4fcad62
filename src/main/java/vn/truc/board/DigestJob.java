package vn.truc.board;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Hashes all boards' values as of one instant: they are copied at once, and hashed in slices
/// beside the board. The source scopes have no part in it.
public final class DigestJob {
  private record Copy(String scope, ByteBuffer numbers) {}

  private final List<Copy> copies = new ArrayList<>();
  private final MessageDigest sha256;
  private final long position;
  private final long asOf;
  private final long state;
  private int at;

  DigestJob(Tally tally, String portalAndIndicators, long position, long state) {
    this.position = position;
    this.asOf = tally.asOf();
    this.state = state;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    sha256.update(portalAndIndicators.getBytes(StandardCharsets.UTF_8));
    Scopes scopes = tally.scopes();
    for (int scope = 0; scope < scopes.count(); scope++) {
      copies.add(new Copy(scopes.name(scope), numbers(tally, scope)));
    }
  }

  private static ByteBuffer numbers(Tally tally, int scope) {
    int[] counts = tally.counters().copy(scope);
    ByteBuffer numbers = ByteBuffer.allocate((counts.length + 2 * Period.count()) * Integer.BYTES);
    for (int count : counts) {
      numbers.putInt(count);
    }
    for (Period period : Period.values()) {
      numbers.putInt(tally.answers().percentileMinutes(scope, period, 50));
      numbers.putInt(tally.answers().percentileMinutes(scope, period, 90));
    }
    return numbers.flip();
  }

  /// Hashes so many more scopes; true when all are done.
  public boolean step(int scopes) {
    int end = Math.min(copies.size(), at + scopes);
    for (; at < end; at++) {
      Copy copy = copies.get(at);
      sha256.update(copy.scope().getBytes(StandardCharsets.UTF_8));
      sha256.update(copy.numbers());
    }
    return at == copies.size();
  }

  /// The answer of `GET /api/v1/digest`. Call once, when [#step] said that all is done.
  ///
  /// @param config hash of the configuration the values stand under
  public String json(String config) {
    return new JsonText()
        .open('{')
        .name("position")
        .string(Long.toString(position))
        .name("state")
        .string(HexFormat.of().toHexDigits(state))
        .name("asOf")
        .string(JsonText.millis(asOf))
        .name("config")
        .string(config)
        .name("digest")
        .string(HexFormat.of().formatHex(sha256.digest()))
        .close('}')
        .toString();
  }
}
