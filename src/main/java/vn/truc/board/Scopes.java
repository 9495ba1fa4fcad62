package vn.truc.board;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The scopes of one configuration, numbered, and the one place that says in which of them a case
/// lies: the province; its current agency and every agency above; its area; its field; `unassigned`
/// when its agency is not known.
final class Scopes {
  static final int PROVINCE = 0;
  static final int UNASSIGNED = 1;

  /// A case lies in at most this many scopes: eight levels of agencies and the other four.
  static final int KEYS_MAX = 12;

  private final Dictionary dictionary;
  private final List<String> names = new ArrayList<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private final Map<String, int[]> agencyChains = new HashMap<>();
  private final Map<String, Integer> areas = new HashMap<>();
  private final Map<String, Integer> fields = new HashMap<>();

  /// By dictionary number, filled as texts are met.
  private int[][] chainOf = new int[0][];

  private int[] areaOf = new int[0];
  private int[] fieldOf = new int[0];

  Scopes(BoardConfig config, Dictionary dictionary) {
    this.dictionary = dictionary;
    add("province");
    add("unassigned");
    for (BoardConfig.Agency agency : config.agencies()) {
      int own = add(agency.id());
      int[] above =
          agency
              .parent()
              .map(parent -> agencyChains.getOrDefault(parent, NO_CHAIN))
              .orElse(NO_CHAIN);
      int[] chain = Arrays.copyOf(above, above.length + 1);
      chain[above.length] = own;
      if (chain.length > KEYS_MAX - 4) {
        throw new IllegalArgumentException("agencies nest too deep at " + agency.id());
      }
      agencyChains.put(agency.id(), chain);
    }
    for (BoardConfig.Area area : config.areas()) {
      areas.put(area.code(), add(area.code()));
    }
    for (BoardConfig.Field field : config.fields()) {
      fields.put(field.id(), add("field:" + field.id()));
    }
  }

  private int add(String name) {
    int number = names.size();
    names.add(name);
    if (numbers.put(name, number) != null) {
      throw new IllegalArgumentException("scope twice: " + name);
    }
    return number;
  }

  int count() {
    return names.size();
  }

  String name(int scope) {
    return names.get(scope);
  }

  /// The number of a scope, or -1 when the configuration has none of this name.
  int find(String name) {
    return numbers.getOrDefault(name, -1);
  }

  /// Writes the scopes of a case and returns how many there are.
  int keys(CaseState state, int[] into) {
    int count = 0;
    into[count++] = PROVINCE;
    if (dictionary.size() > chainOf.length) {
      meet();
    }
    int[] chain = state.agency() < 0 ? NO_CHAIN : chainOf[state.agency()];
    if (chain.length == 0) {
      into[count++] = UNASSIGNED;
    }
    for (int scope : chain) {
      into[count++] = scope;
    }
    if (state.area() >= 0 && areaOf[state.area()] >= 0) {
      into[count++] = areaOf[state.area()];
    }
    if (state.field() >= 0 && fieldOf[state.field()] >= 0) {
      into[count++] = fieldOf[state.field()];
    }
    return count;
  }

  private static final int[] NO_CHAIN = new int[0];

  private void meet() {
    int known = chainOf.length;
    int size = dictionary.size();
    chainOf = Arrays.copyOf(chainOf, size);
    areaOf = Arrays.copyOf(areaOf, size);
    fieldOf = Arrays.copyOf(fieldOf, size);
    for (int i = known; i < size; i++) {
      String text = dictionary.text(i);
      chainOf[i] = agencyChains.getOrDefault(text, NO_CHAIN);
      areaOf[i] = areas.getOrDefault(text, -1);
      fieldOf[i] = fields.getOrDefault(text, -1);
    }
  }

  boolean knowsAgency(String id) {
    return agencyChains.containsKey(id);
  }

  boolean knowsArea(String code) {
    return areas.containsKey(code);
  }

  boolean knowsField(String id) {
    return fields.containsKey(id);
  }

  /// The agencies from the topmost one down to an agency itself; one that is not configured stands
  /// alone, none has no path.
  List<String> path(String agency) {
    int[] chain = agencyChains.get(agency);
    return chain != null
        ? Arrays.stream(chain).mapToObj(names::get).toList()
        : agency.isEmpty() ? List.of() : List.of(agency);
  }

  /// Whether an agency is another, or lies below it.
  boolean within(String agency, String ancestor) {
    int[] chain = agencyChains.get(agency);
    int above = find(ancestor);
    if (chain == null || above < 0) {
      return false;
    }
    for (int scope : chain) {
      if (scope == above) {
        return true;
      }
    }
    return false;
  }
}
