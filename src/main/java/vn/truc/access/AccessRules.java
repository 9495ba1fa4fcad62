package vn.truc.access;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Who may read what. Rebuilt with each configuration; immutable.
///
/// A token of scope `province` reads every scope. One of an agency reads that agency and those
/// below it. One of an area, a field, `unassigned` or a source reads that scope alone. Channels
/// follow their scope; `map:` and `ranking:` show all communes at once and so want the province.
public final class AccessRules {
  /// The scope that holds all others.
  public static final String PROVINCE = "province";

  /// The scope of what has no agency that is configured.
  public static final String UNASSIGNED = "unassigned";

  private static final String FIELD = "field:";
  private static final String SOURCE = "source:";
  private static final Set<String> PROVINCE_TOPICS = Set.of("map", "ranking");

  private final Map<String, String> parents;
  private final Set<String> areas;
  private final Set<String> fields;

  /// @param parents each agency's id to the id above it; the empty text at the top
  /// @param areas codes of areas, as `02215`
  /// @param fields ids of fields, as `dat-dai`
  public AccessRules(Map<String, String> parents, Set<String> areas, Set<String> fields) {
    this.parents = Map.copyOf(parents);
    this.areas = Set.copyOf(areas);
    this.fields = Set.copyOf(fields);
  }

  /// What a scope's text means under this configuration; [Scope.None] where it means nothing.
  public Scope scope(String text) {
    if (text.equals(PROVINCE)) {
      return new Scope.Province();
    }
    if (text.equals(UNASSIGNED)) {
      return new Scope.Unassigned();
    }
    if (text.startsWith(SOURCE)) {
      return new Scope.Source(text.substring(SOURCE.length()));
    }
    if (text.startsWith(FIELD)) {
      String id = text.substring(FIELD.length());
      return fields.contains(id) ? new Scope.Field(id) : new Scope.None();
    }
    if (parents.containsKey(text)) {
      return new Scope.Agency(text);
    }
    return areas.contains(text) ? new Scope.Area(text) : new Scope.None();
  }

  /// Whether a scope exists by configuration; `source:` scopes are known to the intake, not here.
  public boolean exists(String scope) {
    return switch (scope(scope)) {
      case Scope.None _, Scope.Source _ -> false;
      default -> true;
    };
  }

  /// Whether a scope is an agency, which alone has people of its own.
  public boolean isAgency(String scope) {
    return scope(scope) instanceof Scope.Agency;
  }

  /// Whether a token may read a scope; ask [#exists] first for the difference of 404 and 403: which
  /// scopes there are is known to everybody.
  public boolean mayRead(Access.Granted granted, String scope) {
    Scope wanted = scope(scope);
    return switch (scope(granted.scope())) {
      case Scope.Province _ -> true;
      case Scope.None _ -> false;
      case Scope.Agency(String own) -> wanted instanceof Scope.Agency(String id) && below(id, own);
      case Scope own -> own.equals(wanted);
    };
  }

  /// Whether a token may subscribe a channel, `topic:scope` or `map:metric`.
  public boolean mayReadChannel(Access.Granted granted, String channel) {
    int colon = channel.indexOf(':');
    if (colon <= 0) {
      return false;
    }
    return PROVINCE_TOPICS.contains(channel.substring(0, colon))
        ? scope(granted.scope()) instanceof Scope.Province
        : mayRead(granted, channel.substring(colon + 1));
  }

  /// Whether a token may read a case, and find it in lists. What stands in a case is text of its
  /// sender: each is compared with scopes of its own kind alone.
  ///
  /// @param agency the case's current agency
  /// @param area its current area
  /// @param field its current field, without the prefix `field:`
  public boolean mayReadCase(
      Access.Granted granted,
      Optional<String> agency,
      Optional<String> area,
      Optional<String> field) {
    return switch (scope(granted.scope())) {
      case Scope.Province _ -> true;
      case Scope.Unassigned _ -> agency.filter(parents::containsKey).isEmpty();
      case Scope.Agency(String own) -> agency.filter(id -> below(id, own)).isPresent();
      case Scope.Area(String code) -> area.filter(code::equals).isPresent();
      case Scope.Field(String id) -> field.filter(id::equals).isPresent();
      case Scope.Source _, Scope.None _ -> false;
    };
  }

  /// Whether a token may see the personal fields of a case it may read: operators and
  /// administrators, and an agency's people for the cases of their own subtree.
  public boolean mayReadPersonal(
      Access.Granted granted,
      Optional<String> agency,
      Optional<String> area,
      Optional<String> field) {
    return mayReadCase(granted, agency, area, field)
        && switch (granted.role()) {
          case VIEWER -> false;
          case OPERATOR, ADMIN -> true;
          case AGENCY -> scope(granted.scope()) instanceof Scope.Agency;
        };
  }

  /// Whether a token may write: acknowledge, silence and the like.
  public boolean mayWrite(Access.Granted granted) {
    return switch (granted.role()) {
      case VIEWER, AGENCY -> false;
      case OPERATOR, ADMIN -> true;
    };
  }

  /// Whether an agency is another one or lies below it.
  private boolean below(String agency, String ancestor) {
    String current = agency;
    for (int steps = 0; steps <= parents.size() && !current.isEmpty(); steps++) {
      if (current.equals(ancestor)) {
        return parents.containsKey(current);
      }
      current = parents.getOrDefault(current, "");
    }
    return false;
  }
}
