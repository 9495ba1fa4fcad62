package vn.truc.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Pattern;

/// The keys and values of one map in a file. Accessors never throw for what the file holds: they
/// note a fault with its place and key and answer something harmless, so that one reading finds
/// every fault. Asking for a key makes it known; [#end()] refuses the others.
///
/// Used by one thread.
public final class ConfigNode {
  private static final Pattern WHOLE_NUMBER = Pattern.compile("-?[0-9][0-9_]{0,22}");
  private static final Pattern NUMBER =
      Pattern.compile("-?[0-9][0-9_]*(\\.[0-9]+)?([eE][-+]?[0-9]{1,3})?");

  private final Context context;
  private final String path;
  private final Place place;
  private final Map<String, ConfigValue.Entry> entries;
  private final Set<String> asked = new LinkedHashSet<>();
  private final List<ConfigNode> children = new ArrayList<>();
  private final boolean readable;

  /// What all nodes of one file share.
  record Context(String fileName, Faults faults) {}

  ConfigNode(Context context, String path, Place place, Map<String, ConfigValue.Entry> entries) {
    this(context, path, place, entries, true);
  }

  private ConfigNode(
      Context context,
      String path,
      Place place,
      Map<String, ConfigValue.Entry> entries,
      boolean readable) {
    this.context = context;
    this.path = path;
    this.place = place;
    this.entries = entries;
    this.readable = readable;
  }

  /// A node whose fault is noted already: it misses nothing.
  static ConfigNode unreadable(Context context, Place place) {
    return new ConfigNode(context, "", place, new LinkedHashMap<>(), false);
  }

  static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /// Where this map stands.
  public Place place() {
    return place;
  }

  /// The path of this map, like `feeds[2].silence`; empty at the top.
  public String path() {
    return path;
  }

  /// The keys in the file's order; asking for them makes none of them known.
  public List<String> keys() {
    return List.copyOf(entries.keySet());
  }

  public boolean has(String key) {
    return entries.containsKey(key);
  }

  /// How many faults were noted so far, of all files.
  int faultCount() {
    return context.faults().count();
  }

  /// Notes a fault of a key's value, or of the whole map where the key is absent.
  public void fault(String key, String message) {
    ConfigValue.Entry entry = entries.get(key);
    context.faults().add(entry == null ? place : entry.value().place(), join(path, key), message);
  }

  /// Text that must be there and not be empty; a number counts as its text.
  public String text(String key) {
    return optionalText(key).orElseGet(() -> missing(key, ""));
  }

  public String text(String key, String otherwise) {
    return optionalText(key).orElse(otherwise);
  }

  public Optional<String> optionalText(String key) {
    return scalar(key, "text")
        .flatMap(
            scalar -> {
              if (scalar.text().isBlank()) {
                fault(key, "is empty");
                return Optional.empty();
              }
              return Optional.of(scalar.text());
            });
  }

  /// Text of a form.
  ///
  /// @param form what is wanted, for the message: "five digits"
  public String text(String key, Pattern pattern, String form) {
    String text = text(key);
    if (!text.isEmpty() && !pattern.matcher(text).matches()) {
      fault(key, "must be " + form + ", not '" + text + "'");
    }
    return text;
  }

  /// One of some words; the first of them is the answer after a fault.
  public String choice(String key, List<String> words) {
    return optionalChoice(key, words).orElseGet(() -> missing(key, words.getFirst()));
  }

  public String choice(String key, List<String> words, String otherwise) {
    return optionalChoice(key, words).orElse(otherwise);
  }

  private Optional<String> optionalChoice(String key, List<String> words) {
    Optional<String> text = optionalText(key);
    if (text.isPresent() && !words.contains(text.get())) {
      fault(key, "must be one of " + String.join(", ", words) + ", not '" + text.get() + "'");
      return Optional.of(words.getFirst());
    }
    return text;
  }

  /// A whole number from `min` to `max`, both inclusive.
  public long integer(String key, long min, long max) {
    return optionalInteger(key, min, max).orElseGet(() -> missing(key, min));
  }

  public long integer(String key, long min, long max, long otherwise) {
    return optionalInteger(key, min, max).orElse(otherwise);
  }

  public Optional<Long> optionalInteger(String key, long min, long max) {
    String wanted = "a whole number from " + min + " to " + max;
    return scalar(key, wanted).map(scalar -> parsedInteger(key, scalar, min, max, wanted));
  }

  private long parsedInteger(
      String key, ConfigValue.Scalar scalar, long min, long max, String wanted) {
    if (scalar.plain() && WHOLE_NUMBER.matcher(scalar.text()).matches()) {
      try {
        long number = Long.parseLong(scalar.text().replace("_", ""));
        if (number >= min && number <= max) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Larger than any long: out of range like the others.
        return refused(key, wanted, scalar.text(), min);
      }
    }
    return refused(key, wanted, scalar.text(), min);
  }

  /// A finite number from `min` to `max`, both inclusive.
  public double number(String key, double min, double max) {
    OptionalDouble number = optionalNumber(key, min, max);
    return number.isPresent() ? number.getAsDouble() : missing(key, min);
  }

  public OptionalDouble optionalNumber(String key, double min, double max) {
    String wanted = "a number from " + plain(min) + " to " + plain(max);
    Optional<ConfigValue.Scalar> scalar = scalar(key, wanted);
    if (scalar.isEmpty()) {
      return OptionalDouble.empty();
    }
    String text = scalar.get().text();
    if (scalar.get().plain() && NUMBER.matcher(text).matches()) {
      double number = Double.parseDouble(text.replace("_", ""));
      if (number >= min && number <= max) {
        return OptionalDouble.of(number);
      }
    }
    return OptionalDouble.of(refused(key, wanted, text, min));
  }

  private static String plain(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString((long) number)
        : Double.toString(number);
  }

  /// `true` or `false`.
  public boolean flag(String key, boolean otherwise) {
    return scalar(key, "true or false")
        .map(
            scalar ->
                switch (scalar.text()) {
                  case "true" -> true;
                  case "false" -> false;
                  default -> refused(key, "true or false", scalar.text(), otherwise);
                })
        .orElse(otherwise);
  }

  /// A span of time like `500ms`, `30s`, `1h30m`, `7d`, from `min` to `max`, both inclusive.
  public Duration duration(String key, Duration min, Duration max) {
    return optionalDuration(key, min, max).orElseGet(() -> missing(key, min));
  }

  public Duration duration(String key, Duration min, Duration max, Duration otherwise) {
    return optionalDuration(key, min, max).orElse(otherwise);
  }

  public Optional<Duration> optionalDuration(String key, Duration min, Duration max) {
    String wanted = "a span of time from " + Durations.text(min) + " to " + Durations.text(max);
    return scalar(key, wanted)
        .map(
            scalar ->
                Durations.parse(scalar.text())
                    .filter(span -> span.compareTo(min) >= 0 && span.compareTo(max) <= 0)
                    .orElseGet(() -> refused(key, wanted, scalar.text(), min)));
  }

  /// A map that must be there.
  public ConfigNode map(String key) {
    return optionalMap(key).orElseGet(() -> missing(key, unreadable(context, place)));
  }

  public Optional<ConfigNode> optionalMap(String key) {
    return present(key).map(entry -> child(join(path, key), entry.value()));
  }

  /// A list of maps; absent is empty.
  public List<ConfigNode> maps(String key) {
    List<ConfigNode> nodes = new ArrayList<>();
    for (ConfigValue item : items(key)) {
      nodes.add(child(join(path, key) + "[" + nodes.size() + "]", item));
    }
    return nodes;
  }

  /// A list of texts; absent is empty.
  public List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    int index = 0;
    for (ConfigValue item : items(key)) {
      if (item instanceof ConfigValue.Scalar scalar && !scalar.text().isBlank()) {
        texts.add(scalar.text());
      } else {
        context.faults().add(item.place(), join(path, key) + "[" + index + "]", "must be text");
      }
      index++;
    }
    return texts;
  }

  /// Closes this node and every map read through it: keys nobody asked for are refused.
  public void end() {
    for (Map.Entry<String, ConfigValue.Entry> entry : entries.entrySet()) {
      if (!asked.contains(entry.getKey())) {
        context
            .faults()
            .add(
                entry.getValue().place(),
                join(path, entry.getKey()),
                "is unknown" + Spelling.suggestion(entry.getKey(), asked));
      }
    }
    entries.keySet().retainAll(asked);
    children.forEach(ConfigNode::end);
  }

  private ConfigNode child(String childPath, ConfigValue value) {
    ConfigNode child;
    if (value instanceof ConfigValue.Mapping mapping) {
      child = new ConfigNode(context, childPath, mapping.place(), mapping.entries());
    } else {
      context.faults().add(value.place(), childPath, "must hold keys and values");
      child = unreadable(context, value.place());
    }
    children.add(child);
    return child;
  }

  private List<ConfigValue> items(String key) {
    Optional<ConfigValue.Entry> entry = present(key);
    if (entry.isEmpty()) {
      return List.of();
    }
    if (entry.get().value() instanceof ConfigValue.Sequence sequence) {
      return sequence.items();
    }
    fault(key, "must be a list");
    return List.of();
  }

  private Optional<ConfigValue.Entry> present(String key) {
    asked.add(key);
    return Optional.ofNullable(entries.get(key))
        .filter(entry -> !(entry.value() instanceof ConfigValue.Nothing));
  }

  private Optional<ConfigValue.Scalar> scalar(String key, String wanted) {
    Optional<ConfigValue.Entry> entry = present(key);
    if (entry.isPresent() && !(entry.get().value() instanceof ConfigValue.Scalar)) {
      fault(key, "must be " + wanted);
    }
    return entry
        .map(ConfigValue.Entry::value)
        .filter(ConfigValue.Scalar.class::isInstance)
        .map(ConfigValue.Scalar.class::cast);
  }

  private <T> T missing(String key, T otherwise) {
    ConfigValue.Entry entry = entries.get(key);
    if (readable && (entry == null || entry.value() instanceof ConfigValue.Nothing)) {
      fault(key, "is missing");
    }
    return otherwise;
  }

  private <T> T refused(String key, String wanted, String found, T otherwise) {
    fault(key, "must be " + wanted + ", not '" + found + "'");
    return otherwise;
  }
}
