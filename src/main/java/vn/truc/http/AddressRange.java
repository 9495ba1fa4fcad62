package vn.truc.http;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Addresses that share their first bits: `10.1.0.0/16`, `fd00::/8`, or a single one.
///
/// @param address its first address
/// @param bits how many leading bits are compared
record AddressRange(InetAddress address, int bits) {
  private static final Pattern FOUR_PARTS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final Pattern SIX = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  /// What is wrong with each text that is no range; empty when all are.
  static List<String> faults(List<String> texts) {
    List<String> faults = new ArrayList<>();
    for (String text : texts) {
      try {
        parse(text);
      } catch (IllegalArgumentException e) {
        faults.add("'" + text + "' " + e.getMessage());
      }
    }
    return faults;
  }

  /// Reads an address or a range.
  ///
  /// @throws IllegalArgumentException says what is wrong with it
  static AddressRange parse(String text) {
    int slash = text.indexOf('/');
    InetAddress address =
        literal(slash < 0 ? text : text.substring(0, slash))
            .orElseThrow(
                () -> new IllegalArgumentException("is neither an address nor address/bits"));
    int width = address.getAddress().length * 8;
    if (slash < 0) {
      return new AddressRange(address, width);
    }
    String count = text.substring(slash + 1);
    if (!count.matches("\\d{1,3}") || Integer.parseInt(count) > width) {
      throw new IllegalArgumentException("wants a number of bits up to " + width + " behind '/'");
    }
    int bits = Integer.parseInt(count);
    if (bits == 0) {
      throw new IllegalArgumentException("would trust everyone");
    }
    AddressRange range = new AddressRange(address, bits);
    if (!range.startsHere()) {
      throw new IllegalArgumentException("is no first address of a range of " + bits + " bits");
    }
    return range;
  }

  /// An address written in full: four decimal parts, or IPv6 without a zone. Never asks a resolver.
  static Optional<InetAddress> literal(String text) {
    if (!FOUR_PARTS.matcher(text).matches() && !SIX.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private boolean startsHere() {
    byte[] own = address.getAddress();
    for (int bit = bits; bit < own.length * 8; bit++) {
      if ((own[bit / 8] >> (7 - bit % 8) & 1) != 0) {
        return false;
      }
    }
    return true;
  }

  /// Whether an address lies in it; one of the other family never does.
  boolean contains(InetAddress other) {
    byte[] own = address.getAddress();
    byte[] its = other.getAddress();
    if (own.length != its.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      if (((own[bit / 8] ^ its[bit / 8]) >> (7 - bit % 8) & 1) != 0) {
        return false;
      }
    }
    return true;
  }
}
