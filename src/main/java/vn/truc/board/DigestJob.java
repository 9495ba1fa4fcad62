package vn.truc.board;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Hashes all boards' values as of one instant, in slices beside the board. A scope is copied when
/// its turn comes, or right before its numbers change, whichever is first. The source scopes have
/// no part in it.
public final class DigestJob {
  private final Tally tally;
  private final @Nullable ByteBuffer[] copies;
  private final MessageDigest sha256;
  private final long position;
  private final long asOf;
  private final long state;
  private int at;
  private @Nullable RuntimeException spoiled;

  DigestJob(Tally tally, String portalAndIndicators, long position, long state) {
    this.tally = tally;
    this.position = position;
    this.asOf = tally.asOf();
    this.state = state;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    sha256.update(portalAndIndicators.getBytes(StandardCharsets.UTF_8));
    copies = new ByteBuffer[tally.scopes().count()];
    tally.tellBefore(this);
  }

  /// The numbers of a scope are about to change.
  void beforeChange(int scope) {
    if (scope >= at && copies[scope] == null) {
      copies[scope] = numbers(scope);
    }
  }

  /// It could not copy what was about to change: it has no answer any more.
  void spoil(RuntimeException cause) {
    spoiled = cause;
    abandon();
  }

  /// A day is about to end, and with it periods of all scopes.
  void beforeDayChange() {
    for (int scope = at; scope < copies.length; scope++) {
      beforeChange(scope);
    }
  }

  private ByteBuffer numbers(int scope) {
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
  ///
  /// @throws IllegalStateException when the numbers changed before they could be copied
  public boolean step(int scopes) {
    RuntimeException fault = spoiled;
    if (fault != null) {
      throw new IllegalStateException("the digest could not be made", fault);
    }
    int end = Math.min(copies.length, at + scopes);
    for (; at < end; at++) {
      ByteBuffer copy = copies[at];
      sha256.update(tally.scopes().name(at).getBytes(StandardCharsets.UTF_8));
      sha256.update(copy == null ? numbers(at) : copy);
      copies[at] = null;
    }
    if (at == copies.length) {
      abandon();
    }
    return at == copies.length;
  }

  /// Ends it before it is done: nobody waits for it any more.
  public void abandon() {
    tally.tellNoMore(this);
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
