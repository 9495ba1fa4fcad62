package vn.truc.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A kept corpus of inputs, sound and hostile, and what random damage makes of them. Every file is
/// tried as it is; then mutants, for a few seconds, or for a minute with `TRUC_TEST_LONG`.
///
/// The seed is printed. What fails is written to `target/fuzz/`, to be looked at and then kept as a
/// file of the corpus.
public final class Fuzz {
  private static final Path CORPUS = Path.of("src/test/resources/vn/truc/fuzz");
  private static final long SECONDS = 2;
  private static final long LONG_SECONDS = 60;
  private static final int BYTES_MAX = 200_000;

  private final String name;
  private final List<byte[]> seeds;
  private final List<byte[]> words;

  /// Looks at one input; throws when something is wrong with what became of it.
  public interface Trial {
    void input(byte[] input, SplittableRandom random) throws Exception;
  }

  /// @param name the folder of the corpus
  /// @param words texts that mean something in such inputs
  public Fuzz(String name, List<String> words) throws IOException {
    this.name = name;
    this.words = words.stream().map(word -> word.getBytes(StandardCharsets.ISO_8859_1)).toList();
    try (Stream<Path> files = Files.list(CORPUS.resolve(name))) {
      seeds = files.sorted().map(Fuzz::bytes).toList();
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// Tries the corpus and mutants of it; how many inputs there were.
  public long run(Trial trial) throws IOException {
    long seed = Long.getLong("truc.seed", System.nanoTime());
    System.err.println("fuzz " + name + " seed " + seed + " (-Dtruc.seed=…)");
    SplittableRandom random = new SplittableRandom(seed);
    for (byte[] input : seeds) {
      attempt(trial, input, random.split());
    }
    long tried = seeds.size();
    boolean longer = System.getenv("TRUC_TEST_LONG") != null;
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(longer ? LONG_SECONDS : SECONDS);
    while (System.nanoTime() - until < 0) {
      byte[] input = seed(random);
      for (int hits = 1 + random.nextInt(4); hits > 0; hits--) {
        input = mutated(input, random);
      }
      attempt(trial, input, random.split());
      tried++;
    }
    System.err.println("fuzz " + name + " " + tried + " inputs");
    return tried;
  }

  private void attempt(Trial trial, byte[] input, SplittableRandom random) throws IOException {
    try {
      trial.input(input, random);
    } catch (Exception | AssertionError | StackOverflowError e) {
      Path folder = Files.createDirectories(Path.of("target", "fuzz", name));
      Path kept = folder.resolve("failed-" + Integer.toHexString(Arrays.hashCode(input)));
      Files.write(kept, input);
      throw new AssertionError(
          kept + ": " + e + "\n" + new String(input, StandardCharsets.ISO_8859_1), e);
    }
  }

  private byte[] seed(SplittableRandom random) {
    return seeds.get(random.nextInt(seeds.size()));
  }

  private byte[] mutated(byte[] input, SplittableRandom random) {
    int from = random.nextInt(input.length + 1);
    int to = Math.min(input.length, from + 1 + random.nextInt(1 + random.nextInt(40)));
    byte[] between =
        switch (random.nextInt(8)) {
          case 0 -> new byte[] {(byte) random.nextInt(256)};
          case 1 -> words.get(random.nextInt(words.size()));
          case 2 -> {
            to = from;
            yield words.get(random.nextInt(words.size()));
          }
          case 3 -> new byte[0];
          case 4 -> {
            byte[] range = Arrays.copyOfRange(input, from, to);
            to = from;
            yield repeated(range, 1 + random.nextInt(1 + random.nextInt(300)));
          }
          case 5 -> {
            byte[] other = seed(random);
            int start = random.nextInt(other.length + 1);
            yield Arrays.copyOfRange(
                other, start, Math.min(other.length, start + random.nextInt(200)));
          }
          case 6 -> {
            to = Math.min(input.length, from + 1);
            yield from < input.length
                ? new byte[] {(byte) (input[from] ^ 1 << random.nextInt(8))}
                : new byte[0];
          }
          default -> {
            to = input.length;
            yield new byte[0];
          }
        };
    return spliced(input, from, to, between);
  }

  private static byte[] repeated(byte[] range, int times) {
    byte[] all = new byte[range.length * times];
    for (int i = 0; i < times; i++) {
      System.arraycopy(range, 0, all, i * range.length, range.length);
    }
    return all;
  }

  private static byte[] spliced(byte[] input, int from, int to, byte[] between) {
    byte[] out = new byte[from + between.length + input.length - to];
    System.arraycopy(input, 0, out, 0, from);
    System.arraycopy(between, 0, out, from, between.length);
    System.arraycopy(input, to, out, from + between.length, input.length - to);
    return out.length > BYTES_MAX ? Arrays.copyOf(out, BYTES_MAX) : out;
  }
}
