package vn.truc.config;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// Reads one YAML file into a [ConfigNode]. One document, a map at the top, plain data: no anchors,
/// no aliases, no merge keys.
public final class ConfigFile {
  /// Levels of lists and maps; no file of ours has ten.
  private static final int DEPTH_MAX = 100;

  private final String fileName;
  private final Faults faults;

  /// Nodes met on the way down; a node met twice came through an alias.
  private final IdentityHashMap<Node, Boolean> seen = new IdentityHashMap<>();

  private ConfigFile(String fileName, Faults faults) {
    this.fileName = fileName;
    this.faults = faults;
  }

  /// Reads a file. Syntax faults, keys that stand twice and aliases are noted at once; the rest
  /// when the values are asked for and at [ConfigNode#end()]. Never throws for what the file holds:
  /// a file that cannot be parsed gives a node that answers every question quietly.
  ///
  /// @param fileName for messages
  public static ConfigNode parse(String fileName, String text, Faults faults) {
    ConfigFile file = new ConfigFile(fileName, faults);
    ConfigNode.Context context = new ConfigNode.Context(fileName, faults);
    Place start = new Place(fileName, 1, 1);
    Optional<Node> document;
    try {
      document = file.onlyDocument(text);
    } catch (MarkedYamlEngineException e) {
      Place place = e.getProblemMark().map(file::place).orElse(start);
      faults.add(place, "", "is not YAML: " + e.getProblem());
      return ConfigNode.unreadable(context, start);
    } catch (YamlEngineException e) {
      faults.add(start, "", "is not YAML: " + e.getMessage());
      return ConfigNode.unreadable(context, start);
    }
    if (document.isEmpty()) {
      return new ConfigNode(context, "", start, new LinkedHashMap<>());
    }
    ConfigValue value = file.value(document.get(), "");
    if (value instanceof ConfigValue.Mapping mapping) {
      return new ConfigNode(context, "", mapping.place(), mapping.entries());
    }
    faults.add(value.place(), "", "must hold keys and values at the top");
    return ConfigNode.unreadable(context, start);
  }

  /// The parser keeps a list of where it is; whoever makes nodes of what it tells goes down level
  /// by level, and thousands of brackets are too deep for any thread. So the depth is looked at
  /// first.
  private Optional<Mark> tooDeep(LoadSettings settings, String text) {
    int depth = 0;
    for (Event event : new Parse(settings).parseString(text)) {
      switch (event.getEventId()) {
        case MappingStart, SequenceStart -> depth++;
        case MappingEnd, SequenceEnd -> depth--;
        default -> {}
      }
      if (depth > DEPTH_MAX) {
        return event.getStartMark();
      }
    }
    return Optional.empty();
  }

  private Optional<Node> onlyDocument(String text) {
    LoadSettings settings = LoadSettings.builder().setLabel(fileName).build();
    Optional<Mark> deep = tooDeep(settings, text);
    if (deep.isPresent()) {
      faults.add(place(deep.get()), "", "nests deeper than " + DEPTH_MAX + " levels");
      return Optional.empty();
    }
    Iterator<Node> documents = new Compose(settings).composeAllFromString(text).iterator();
    if (!documents.hasNext()) {
      return Optional.empty();
    }
    Node first = documents.next();
    if (documents.hasNext()) {
      faults.add(place(documents.next()), "", "holds a second document; only one is read");
    }
    boolean empty = first instanceof ScalarNode scalar && scalar.getValue().isEmpty();
    return empty ? Optional.empty() : Optional.of(first);
  }

  private ConfigValue value(Node node, String path) {
    if (seen.put(node, true) != null) {
      faults.add(place(node), path, "uses an alias; write the value out");
      return new ConfigValue.Nothing(place(node));
    }
    return switch (node) {
      case ScalarNode scalar when scalar.isPlain() && isNull(scalar.getValue()) ->
          new ConfigValue.Nothing(place(node));
      case ScalarNode scalar ->
          new ConfigValue.Scalar(place(node), scalar.getValue(), scalar.isPlain());
      case SequenceNode sequence -> {
        var items = new ArrayList<ConfigValue>(sequence.getValue().size());
        for (Node item : sequence.getValue()) {
          items.add(value(item, path + "[" + items.size() + "]"));
        }
        yield new ConfigValue.Sequence(place(node), items);
      }
      case MappingNode mapping -> mapping(mapping, path);
      default -> new ConfigValue.Nothing(place(node));
    };
  }

  private ConfigValue mapping(MappingNode mapping, String path) {
    Map<String, ConfigValue.Entry> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Place place = place(tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode keyNode)) {
        faults.add(place, path, "has a key that is not plain text");
        continue;
      }
      String key = keyNode.getValue();
      String keyPath = ConfigNode.join(path, key);
      ConfigValue value = value(tuple.getValueNode(), keyPath);
      ConfigValue.Entry earlier = entries.putIfAbsent(key, new ConfigValue.Entry(place, value));
      if (earlier != null) {
        faults.add(
            place,
            keyPath,
            "stands twice, first at line %d, column %d"
                .formatted(earlier.place().line(), earlier.place().column()));
      }
    }
    return new ConfigValue.Mapping(place(mapping), entries);
  }

  private static boolean isNull(String text) {
    return text.isEmpty() || text.equals("~") || text.equals("null");
  }

  private Place place(Node node) {
    return node.getStartMark().map(this::place).orElse(new Place(fileName, 1, 1));
  }

  private Place place(Mark mark) {
    return new Place(fileName, mark.getLine() + 1, mark.getColumn() + 1);
  }
}
