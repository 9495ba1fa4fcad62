package vn.truc.push;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The rings as bytes, in chunks readable one by one.
///
/// ```
///  chunk   = version (1) │ epoch │ floor │ channel …            to the end
///  channel = name │ floor │ count │ publication × count
///  publication = offset above the one before (the floor at first) │ item
///  item    = index                 of an item of this chunk
///          │ index == known items │ JSON                a new one
///  text, JSON = length │ bytes;  all numbers are varints
/// ```
///
/// One record is published on several channels: within a chunk its JSON stands once.
final class RingCodec {
  private static final Logger LOG = LoggerFactory.getLogger(RingCodec.class);
  private static final int VERSION = 1;
  private static final int CHUNK_BYTES = 512 * 1024;

  /// What a chunk held.
  record Rings(long floor, Map<String, Ring> byChannel) {}

  /// A ring's publications, copied by reference.
  private record Copy(String name, long floor, List<Long> offsets, List<StreamItem> items) {}

  private RingCodec() {}

  /// Copies the references at once and encodes a chunk each time one is asked for.
  static Iterator<Buffer> encode(String epoch, long floor, Map<String, StreamChannel> streams) {
    Deque<Copy> copies = new ArrayDeque<>(streams.size());
    streams.forEach((name, channel) -> copies.add(copy(name, channel.ring())));
    return new Iterator<>() {
      private boolean begun;

      @Override
      public boolean hasNext() {
        return !begun || !copies.isEmpty();
      }

      @Override
      public Buffer next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        begun = true;
        return chunk(epoch, floor, copies);
      }
    };
  }

  private static Copy copy(String name, Ring ring) {
    List<Long> offsets = new ArrayList<>(ring.size());
    List<StreamItem> items = new ArrayList<>(ring.size());
    for (int i = 0; i < ring.size(); i++) {
      offsets.add(ring.offset(i));
      items.add(ring.item(i));
    }
    return new Copy(name, ring.floor(), offsets, items);
  }

  private static Buffer chunk(String epoch, long floor, Deque<Copy> copies) {
    Bytes to = new Bytes();
    to.raw(VERSION);
    text(to, epoch);
    to.varint(floor);
    Map<StreamItem, Integer> known = new HashMap<>();
    while (!copies.isEmpty() && to.length() < CHUNK_BYTES) {
      channel(to, copies.remove(), known);
    }
    return Buffer.buffer(to.copy());
  }

  private static void channel(Bytes to, Copy asked, Map<StreamItem, Integer> known) {
    Copy copy = makeable(asked);
    text(to, copy.name());
    to.varint(copy.floor()).varint(copy.items().size());
    long before = copy.floor();
    for (int i = 0; i < copy.items().size(); i++) {
      long offset = copy.offsets().get(i);
      StreamItem item = copy.items().get(i);
      to.varint(offset - before);
      Integer index = known.putIfAbsent(item, known.size());
      if (index == null) {
        to.varint(known.size() - 1L).varint(item.json().length()).raw(item.json());
      } else {
        to.varint(index);
      }
      before = offset;
    }
  }

  /// A ring of which a payload cannot be made is written as one that holds nothing: its readers
  /// cannot recover over this snapshot, and all others can.
  private static Copy makeable(Copy copy) {
    try {
      copy.items().forEach(StreamItem::json);
      return copy;
    } catch (RuntimeException fault) {
      LOG.error("payload_failed channel={}", copy.name(), fault);
      long newest = copy.offsets().isEmpty() ? copy.floor() : copy.offsets().getLast();
      return new Copy(copy.name(), newest, List.of(), List.of());
    }
  }

  private static void text(Bytes to, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    to.varint(bytes.length).raw(bytes);
  }

  /// What a chunk holds; empty when it is damaged, of another version or another epoch.
  static Optional<Rings> decode(Buffer chunk, String epoch, int capacity) {
    Reader from = new Reader(chunk);
    try {
      if (from.oneByte() != VERSION || !from.text().equals(epoch)) {
        return Optional.empty();
      }
      long floor = from.varint();
      Map<String, Ring> rings = new HashMap<>();
      List<StreamItem> known = new ArrayList<>();
      while (from.more()) {
        rings.put(from.text(), ring(from, known, capacity));
      }
      return Optional.of(new Rings(floor, rings));
    } catch (IndexOutOfBoundsException | IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static Ring ring(Reader from, List<StreamItem> known, int capacity) {
    long offset = from.varint();
    Ring ring = new Ring(capacity, offset);
    long count = from.varint();
    for (long i = 0; i < count; i++) {
      offset += from.varint();
      int index = Math.toIntExact(from.varint());
      if (index == known.size()) {
        known.add(StreamItem.of(from.bytes()));
      }
      if (!ring.add(offset, known.get(index))) {
        throw new IllegalArgumentException("offsets do not rise");
      }
    }
    return ring;
  }

  /// Walks over a chunk; past its end with [IndexOutOfBoundsException].
  private static final class Reader {
    private final Buffer chunk;
    private int at;

    Reader(Buffer chunk) {
      this.chunk = chunk;
    }

    boolean more() {
      return at < chunk.length();
    }

    int oneByte() {
      return chunk.getByte(at++);
    }

    long varint() {
      long value = 0;
      for (int shift = 0; shift < 63; shift += 7) {
        int part = oneByte();
        value |= (long) (part & 0x7F) << shift;
        if (part >= 0) {
          return value;
        }
      }
      throw new IllegalArgumentException("number too long");
    }

    Buffer bytes() {
      long length = varint();
      if (length > chunk.length() - at) {
        throw new IndexOutOfBoundsException();
      }
      Buffer bytes = chunk.getBuffer(at, at + (int) length);
      at += (int) length;
      return bytes;
    }

    String text() {
      return bytes().toString(StandardCharsets.UTF_8);
    }
  }
}
