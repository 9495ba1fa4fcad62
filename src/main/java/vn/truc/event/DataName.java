package vn.truc.event;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The member names the codec knows inside an event's data: the attributes under their ordinals,
/// then these.
enum DataName {
  STATUS("status"),
  KIND("kind"),
  TITLE("title"),
  TEXT("text"),
  CONTACT("contact"),
  PORTAL("portal"),
  FROM("from"),
  TO("to"),
  PAGEVIEWS("pageviews"),
  VISITS("visits"),
  VISITORS("visitors"),
  ERRORS("errors"),
  INDICATOR("indicator"),
  VALUE("value"),
  PERIOD("period"),
  UNIT("unit"),
  TARGET("target"),
  TARGET_LOW("targetLow"),
  TARGET_HIGH("targetHigh"),
  QUALIFIER("qualifier"),
  REPORTED_RATIO("reportedRatio"),
  NOTE("note");

  private static final int ATTRIBUTES = Attribute.values().length;

  private static final Set<String> NAMES = Set.copyOf(labels());

  /// All names by their ids.
  static final NameTable TABLE = table();

  private final String label;

  DataName(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  int id() {
    return ATTRIBUTES + ordinal();
  }

  /// Whether some type of fact has a member of a name.
  static boolean isName(String name) {
    return NAMES.contains(name);
  }

  /// Whether a name is that of a personal member of facts about a case.
  static boolean isPersonal(int id) {
    return id == TITLE.id() || id == TEXT.id() || id == CONTACT.id();
  }

  private static NameTable table() {
    return new NameTable(labels());
  }

  private static List<String> labels() {
    List<String> labels = new ArrayList<>();
    for (Attribute attribute : Attribute.values()) {
      labels.add(attribute.label());
    }
    for (DataName name : values()) {
      labels.add(name.label);
    }
    return labels;
  }
}
