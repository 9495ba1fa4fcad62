package vn.truc.board;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import vn.truc.event.Attribute;
import vn.truc.event.Attributes;
import vn.truc.event.CaseKind;

/// The words some attributes of cases are made of. Another word is kept as it came and counts in no
/// counter of these.
final class Words {
  private static final Set<String> WAYS = Set.of("desk", "online", "post");
  private static final Map<Attribute, Set<String>> DOSSIER = vocabulary(WAYS);
  private static final Map<Attribute, Set<String>> FEEDBACK =
      vocabulary(Set.copyOf(Measure.feedbackChannels()));

  private Words() {}

  private static Map<Attribute, Set<String>> vocabulary(Set<String> channels) {
    Map<Attribute, Set<String>> words = new EnumMap<>(Attribute.class);
    words.put(Attribute.APPLICANT, Set.of("citizen", "business", "agency", "other"));
    words.put(Attribute.CHANNEL, channels);
    words.put(Attribute.FEEDBACK_CLASS, Set.of("scene", "regulation"));
    words.put(Attribute.RETURN_BY, WAYS);
    words.put(Attribute.URGENCY, Set.of("urgent", "normal", "complex"));
    return words;
  }

  /// The words of a fact that are none of their attribute's, in the order of attributes.
  static List<Unknown> outside(CaseKind kind, Attributes changes) {
    List<Unknown> found = List.of();
    for (Map.Entry<Attribute, Set<String>> one :
        (kind == CaseKind.DOSSIER ? DOSSIER : FEEDBACK).entrySet()) {
      Attribute attribute = one.getKey();
      if (changes.sets(attribute)
          && !one.getValue().contains((String) changes.valueOf(attribute))) {
        found = found.isEmpty() ? new ArrayList<>() : found;
        found.add(new Unknown(attribute.label(), (String) changes.valueOf(attribute)));
      }
    }
    return found;
  }
}
