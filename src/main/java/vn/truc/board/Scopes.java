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

  /// Levels agencies may have: what is left of a case's scopes beside province, `unassigned`, area
  /// and field.
  static final int AGENCY_LEVELS_MAX = KEYS_MAX - 4;

  private final Dictionary dictionary;
  private final List<String> names = new ArrayList<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private final Map<String, int[]> agencyChains = new HashMap<>();
  private final List<String> agencies = new ArrayList<>();
  private final Map<String, Integer> areas = new HashMap<>();
  private final Map<String, Integer> fields = new HashMap<>();

  /// By dictionary number, filled as texts are met.
  private int[][] chainOf = new int[64][];

  private int[] areaOf = new int[64];
  private int[] fieldOf = new int[64];
  private int met;

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
      if (chain.length > AGENCY_LEVELS_MAX) {
        throw new IllegalArgumentException("agencies nest too deep at " + agency.id());
      }
      agencyChains.put(agency.id(), chain);
      agencies.add(agency.id());
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
    meet();
    int[] chain = chain(state.codes());
    if (chain.length == 0) {
      into[count++] = UNASSIGNED;
    }
    for (int scope : chain) {
      into[count++] = scope;
    }
    CaseCodes codes = state.codes();
    int area = scope(codes.area(), codes.areaOutside(), areaOf, areas);
    if (area >= 0) {
      into[count++] = area;
    }
    int field = scope(codes.field(), codes.fieldOutside(), fieldOf, fields);
    if (field >= 0) {
      into[count++] = field;
    }
    return count;
  }

  private static final int[] NO_CHAIN = new int[0];

  private int[] chain(CaseCodes codes) {
    return switch (codes.agency()) {
      case Dictionary.NONE -> NO_CHAIN;
      case Dictionary.OUTSIDE -> agencyChains.getOrDefault(codes.agencyOutside(), NO_CHAIN);
      default -> chainOf[codes.agency()];
    };
  }

  private static int scope(int id, String text, int[] known, Map<String, Integer> all) {
    return switch (id) {
      case Dictionary.NONE -> -1;
      case Dictionary.OUTSIDE -> all.getOrDefault(text, -1);
      default -> known[id];
    };
  }

  /// Looks at the texts that came since the last time, each once.
  private void meet() {
    int size = dictionary.size();
    if (met == size) {
      return;
    }
    if (size > chainOf.length) {
      int room = Math.max(size, chainOf.length * 2);
      chainOf = Arrays.copyOf(chainOf, room);
      areaOf = Arrays.copyOf(areaOf, room);
      fieldOf = Arrays.copyOf(fieldOf, room);
    }
    for (; met < size; met++) {
      String text = dictionary.text(met);
      chainOf[met] = agencyChains.getOrDefault(text, NO_CHAIN);
      areaOf[met] = areas.getOrDefault(text, -1);
      fieldOf[met] = fields.getOrDefault(text, -1);
    }
  }

  /// The ids of the agencies, parents before their children.
  List<String> agencies() {
    return agencies;
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

  /// The scopes of the agencies from the topmost one down to an agency itself; none for one that
  /// is not configured.
  int[] pathNumbers(String agency) {
    return agencyChains.getOrDefault(agency, NO_CHAIN);
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
