package vn.truc.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// 30,000 codes made to meet in the index stalled the loop for 0.6 s at a time: everybody could
/// work out where a code lies.
class KeyedHashTest {
  private static final long FIRST = 0x0706050403020100L;
  private static final long SECOND = 0x0f0e0d0c0b0a0908L;

  private static byte[] counted(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) i;
    }
    return bytes;
  }

  /// From the paper's appendix, and from the reference implementation.
  @Test
  void publishedVectorsComeOut() {
    KeyedHash published = new KeyedHash(FIRST, SECOND, 2, 4);
    assertEquals(0xa129ca6149be45e5L, published.of(counted(15), 0, 15));
    assertEquals(0x726fdb47dd0e0e31L, published.of(counted(0), 0, 0));
    assertEquals(0xabac0158050fc4dcL, new KeyedHash(FIRST, SECOND).of(counted(0), 0, 0));
  }

  @Test
  void aRangeIsHashedAlone() {
    KeyedHash hash = new KeyedHash(FIRST, SECOND);
    byte[] around = "xxPA-1022xx".getBytes(StandardCharsets.UTF_8);
    byte[] alone = "PA-1022".getBytes(StandardCharsets.UTF_8);
    assertEquals(hash.of(alone, 0, 7), hash.of(around, 2, 9));
    assertNotEquals(hash.of(alone, 0, 7), hash.of(alone, 0, 6));
  }

  /// What meets under one key does not under another.
  @Test
  void placesDependOnTheKey() {
    Random random = new Random(3);
    Set<Long> upper = new HashSet<>();
    byte[] code = "H60.1-261123-0001".getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 1_000; i++) {
      KeyedHash hash = new KeyedHash(random.nextLong(), random.nextLong());
      upper.add(hash.of(code, 0, code.length) >>> 32);
    }
    assertEquals(1_000, upper.size());
  }
}
