package vn.truc.board;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Pattern;
import vn.truc.board.BoardConfig.Agency;
import vn.truc.board.BoardConfig.Area;
import vn.truc.board.BoardConfig.Field;
import vn.truc.board.BoardConfig.IndicatorSpec;
import vn.truc.calendar.ServiceLevels;
import vn.truc.config.ConfigFile;
import vn.truc.config.ConfigNode;
import vn.truc.config.Faults;

/// Reads the files the board is configured by. Every fault of every file is noted; what is read in
/// spite of faults must not be used.
public final class BoardConfigReader {
  public static final String AGENCIES = "agencies.yaml";
  public static final String AREAS = "areas.yaml";
  public static final String FIELDS = "fields.yaml";
  public static final String INDICATORS = "indicators.yaml";

  /// The files read here, by name.
  public static final List<String> FILES =
      List.of(AGENCIES, AREAS, FIELDS, INDICATORS, ServiceLevels.FILE);

  /// Names of scopes that no configuration may take.
  public static final Set<String> RESERVED_SCOPES = Set.of("province", "unassigned");

  private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
  private static final String ID_FORM =
      "1 to 64 small letters, digits and hyphens, a hyphen not first";
  private static final Pattern AREA_CODE = Pattern.compile("[0-9]{5}");
  private static final int HEX_MAX = 199;
  private static final double VALUE_MAX = 1e15;

  private final Map<String, String> files;
  private final Faults faults;

  /// What took a scope's name, for messages.
  private final Map<String, String> scopes = new HashMap<>();

  private BoardConfigReader(Map<String, String> files, Faults faults) {
    this.files = files;
    this.faults = faults;
  }

  /// Reads the files. A file that is absent counts as one without entries.
  ///
  /// @param files text by file name; others than [#FILES] are left alone
  /// @param faults takes every fault
  public static BoardConfig read(Map<String, String> files, Faults faults) {
    BoardConfigReader reader = new BoardConfigReader(files, faults);
    return new BoardConfig(
        reader.agencies(),
        reader.areas(),
        reader.fields(),
        reader.indicators(),
        ServiceLevels.read(files.getOrDefault(ServiceLevels.FILE, ""), faults).nearDue());
  }

  private ConfigNode file(String name) {
    return ConfigFile.parse(name, files.getOrDefault(name, ""), faults);
  }

  private List<Agency> agencies() {
    ConfigNode file = file(AGENCIES);
    List<Agency> agencies = new ArrayList<>();
    Map<String, Integer> levels = new HashMap<>();
    for (ConfigNode node : file.maps("agencies")) {
      String id = node.text("id", ID, ID_FORM);
      takeScope(node, "id", id, "agency");
      String name = node.text("name");
      Optional<String> parent = node.optionalText("parent");
      if (parent.isPresent() && !levels.containsKey(parent.get())) {
        node.fault("parent", "names no agency that stands before this one: '" + parent.get() + "'");
      }
      int level = 1 + parent.map(above -> levels.getOrDefault(above, 0)).orElse(0);
      if (level > Scopes.AGENCY_LEVELS_MAX) {
        node.fault("parent", "lies " + level + " levels deep, at most " + Scopes.AGENCY_LEVELS_MAX);
      }
      levels.put(id, level);
      agencies.add(
          new Agency(
              id,
              name,
              node.text("nameEn", name),
              parent,
              node.choice("kind", List.of("department", "office", "commune"))));
    }
    file.end();
    return agencies;
  }

  private List<Area> areas() {
    ConfigNode file = file(AREAS);
    List<Area> areas = new ArrayList<>();
    Map<String, String> places = new HashMap<>();
    for (ConfigNode node : file.maps("areas")) {
      String code = node.text("code", AREA_CODE, "five digits");
      takeScope(node, "code", code, "area");
      int row = (int) node.integer("hexRow", 0, HEX_MAX);
      int column = (int) node.integer("hexCol", 0, HEX_MAX);
      String holder = places.putIfAbsent(row + "/" + column, code);
      if (holder != null) {
        node.fault(
            "hexRow", "and hexCol give place %d, %d, which %s has".formatted(row, column, holder));
      }
      areas.add(
          new Area(
              code, node.text("name"), node.choice("kind", List.of("xa", "phuong")), row, column));
    }
    file.end();
    return areas;
  }

  private List<Field> fields() {
    ConfigNode file = file(FIELDS);
    List<Field> fields = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (ConfigNode node : file.maps("fields")) {
      String id = node.text("id", ID, ID_FORM);
      takeOnce(node, ids, id);
      String name = node.text("name");
      fields.add(new Field(id, name, node.text("nameEn", name)));
    }
    file.end();
    return fields;
  }

  private List<IndicatorSpec> indicators() {
    ConfigNode file = file(INDICATORS);
    List<IndicatorSpec> indicators = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (ConfigNode node : file.maps("indicators")) {
      String id = node.text("id", ID, ID_FORM);
      takeOnce(node, ids, id);
      indicators.add(indicator(node, id));
    }
    file.end();
    return indicators;
  }

  private static IndicatorSpec indicator(ConfigNode node, String id) {
    String name = node.text("name");
    OptionalDouble target = node.optionalNumber("target", -VALUE_MAX, VALUE_MAX);
    OptionalDouble low = node.optionalNumber("targetLow", -VALUE_MAX, VALUE_MAX);
    OptionalDouble high = node.optionalNumber("targetHigh", -VALUE_MAX, VALUE_MAX);
    if (low.isPresent() != high.isPresent()) {
      node.fault(
          low.isPresent() ? "targetLow" : "targetHigh", "needs the other end of the range too");
    } else if (low.isPresent() && low.getAsDouble() > high.getAsDouble()) {
      node.fault("targetLow", "lies above targetHigh");
    }
    if (target.isPresent() && low.isPresent()) {
      node.fault("target", "stands beside a range; keep one of them");
    }
    String unit = node.text("unit");
    String unitEn = node.text("unitEn", unit);
    return new IndicatorSpec(id, name, node.text("nameEn", name), unit, unitEn, target, low, high);
  }

  private void takeScope(ConfigNode node, String key, String scope, String what) {
    if (scope.isEmpty()) {
      return;
    }
    if (RESERVED_SCOPES.contains(scope)) {
      node.fault(key, "is reserved: '" + scope + "' is a scope of its own");
    }
    String place = what + " at " + node.place().file() + ":" + node.place().line();
    String holder = scopes.putIfAbsent(scope, place);
    if (holder != null) {
      node.fault(key, "'" + scope + "' is taken by the " + holder);
    }
  }

  private static void takeOnce(ConfigNode node, Set<String> ids, String id) {
    if (!id.isEmpty() && !ids.add(id)) {
      node.fault("id", "'" + id + "' stands twice");
    }
  }
}
