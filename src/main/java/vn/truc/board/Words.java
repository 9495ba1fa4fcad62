package vn.truc.board;

import java.util.List;
import java.util.Set;
import vn.truc.event.Attribute;
import vn.truc.event.CaseKind;

/// The words some attributes of cases are made of. Another word is kept as it came and counts in no
/// counter of these.
final class Words {
  private static final Set<String> WAYS = Set.of("desk", "online", "post");

  /// Attributes that are words, in the order of their names.
  static final List<Attribute> ATTRIBUTES =
      List.of(
          Attribute.APPLICANT,
          Attribute.CHANNEL,
          Attribute.FEEDBACK_CLASS,
          Attribute.RETURN_BY,
          Attribute.URGENCY);

  private Words() {}

  /// Whether a word is one an attribute may have.
  static boolean knows(CaseKind kind, Attribute attribute, String word) {
    return switch (attribute) {
      case APPLICANT -> Set.of("citizen", "business", "agency", "other").contains(word);
      case CHANNEL ->
          kind == CaseKind.DOSSIER
              ? WAYS.contains(word)
              : Measure.feedbackChannel(word).isPresent();
      case FEEDBACK_CLASS -> word.equals("scene") || word.equals("regulation");
      case RETURN_BY -> WAYS.contains(word);
      case URGENCY -> Set.of("urgent", "normal", "complex").contains(word);
      default -> true;
    };
  }
}
