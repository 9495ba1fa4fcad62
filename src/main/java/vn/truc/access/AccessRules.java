package vn.truc.access;

import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Who may read what. Rebuilt with each configuration; immutable.
///
/// A token of scope `province` reads every scope. One of an agency reads that agency and those
/// below it. One of an area, a field, `unassigned` or a source reads that scope alone. Channels
/// follow their scope; `map:` and `ranking:` show all communes at once and so want the province.
public final class AccessRules {
  /// The scope that holds all others.
  public static final String PROVINCE = "province";

  private static final Set<String> PROVINCE_TOPICS = Set.of("map", "ranking");

  private final Map<String, String> parents;
  private final Set<String> scopes;

  /// @param parents each agency's id to the id above it; the empty text at the top
  /// @param otherScopes areas (`02215`) and fields (`field:dat-dai`)
  public AccessRules(Map<String, String> parents, Set<String> otherScopes) {
    this.parents = Map.copyOf(parents);
    Set<String> all = new HashSet<>(otherScopes);
    all.addAll(parents.keySet());
    all.add(PROVINCE);
    all.add("unassigned");
    this.scopes = Set.copyOf(all);
  }

  /// Whether a scope exists by configuration; `source:` scopes are known to the intake, not here.
  public boolean exists(String scope) {
    return scopes.contains(scope);
  }

  /// Whether a scope is an agency, which alone has people of its own.
  public boolean isAgency(String scope) {
    return parents.containsKey(scope);
  }

  /// Whether a token may read a scope; ask [#exists] first for the difference of 404 and 403.
  public boolean mayRead(Access.Granted granted, String scope) {
    return granted.scope().equals(PROVINCE)
        || granted.scope().equals(scope)
        || (parents.containsKey(granted.scope()) && below(scope, granted.scope()));
  }

  /// Whether a token may subscribe a channel, `topic:scope` or `map:metric`.
  public boolean mayReadChannel(Access.Granted granted, String channel) {
    int colon = channel.indexOf(':');
    if (colon <= 0) {
      return false;
    }
    return PROVINCE_TOPICS.contains(channel.substring(0, colon))
        ? granted.scope().equals(PROVINCE)
        : mayRead(granted, channel.substring(colon + 1));
  }

  /// Whether a token may read a case, and find it in lists.
  ///
  /// @param agency the case's current agency
  /// @param area its current area
  /// @param field its current field, without the prefix `field:`
  public boolean mayReadCase(
      Access.Granted granted,
      Optional<String> agency,
      Optional<String> area,
      Optional<String> field) {
    String scope = granted.scope();
    if (scope.equals("unassigned")) {
      return agency.filter(parents::containsKey).isEmpty();
    }
    return scope.equals(PROVINCE)
        || agency.filter(id -> mayRead(granted, id)).isPresent()
        || (!parents.containsKey(scope)
            && (area.filter(scope::equals).isPresent()
                || field.filter(id -> scope.equals("field:" + id)).isPresent()));
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
          case AGENCY -> agency.filter(id -> below(id, granted.scope())).isPresent();
        };
  }

  /// Whether a token may write: acknowledge, silence and the like.
  public boolean mayWrite(Access.Granted granted) {
    return switch (granted.role()) {
      case VIEWER, AGENCY -> false;
      case OPERATOR, ADMIN -> true;
    };
  }

  /// The agency of a scope and those below it; empty when the scope is no agency.
  public Set<String> agenciesBelow(String scope) {
    return parents.keySet().stream()
        .filter(agency -> below(agency, scope))
        .collect(Collectors.toUnmodifiableSet());
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
