package vn.truc.board;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import vn.truc.event.Attribute;

/// The codes that say where a case belongs, each as its number in the dictionary, or as its text
/// where the dictionary has it not ([Dictionary#OUTSIDE]), or as none ([Dictionary#NONE]). Reused.
final class CaseCodes {
  private static final int NOWHERE = -1;
  private static final int AGENCY = 0;
  private static final int AREA = 1;
  private static final int FIELD = 2;
  private static final int CHANNEL = 3;
  private static final int COUNT = 4;

  private final int[] ids = new int[COUNT];
  private final String[] texts = new String[COUNT];

  CaseCodes() {
    clear();
  }

  void clear() {
    Arrays.fill(ids, Dictionary.NONE);
    Arrays.fill(texts, "");
  }

  void copy(CaseCodes other) {
    System.arraycopy(other.ids, 0, ids, 0, COUNT);
    System.arraycopy(other.texts, 0, texts, 0, COUNT);
  }

  private static int place(Attribute attribute) {
    return switch (attribute) {
      case AGENCY -> AGENCY;
      case AREA -> AREA;
      case FIELD -> FIELD;
      case CHANNEL -> CHANNEL;
      default -> NOWHERE;
    };
  }

  /// Takes a code's number; attributes that are none of these codes change nothing.
  void set(Attribute attribute, int id) {
    int place = place(attribute);
    if (place != NOWHERE) {
      ids[place] = id;
    }
  }

  /// Takes a code as its text.
  void set(Attribute attribute, byte[] bytes, int from, int to) {
    int place = place(attribute);
    if (place != NOWHERE) {
      ids[place] = Dictionary.OUTSIDE;
      texts[place] = new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }
  }

  int agency() {
    return ids[AGENCY];
  }

  int area() {
    return ids[AREA];
  }

  int field() {
    return ids[FIELD];
  }

  int channel() {
    return ids[CHANNEL];
  }

  /// The text of the agency, where the dictionary has it not.
  String agencyOutside() {
    return texts[AGENCY];
  }

  String areaOutside() {
    return texts[AREA];
  }

  String fieldOutside() {
    return texts[FIELD];
  }

  /// The text of the agency; empty where there is none.
  String agency(Dictionary dictionary) {
    return text(AGENCY, dictionary);
  }

  String area(Dictionary dictionary) {
    return text(AREA, dictionary);
  }

  String field(Dictionary dictionary) {
    return text(FIELD, dictionary);
  }

  String channel(Dictionary dictionary) {
    return text(CHANNEL, dictionary);
  }

  private String text(int place, Dictionary dictionary) {
    return switch (ids[place]) {
      case Dictionary.NONE -> "";
      case Dictionary.OUTSIDE -> texts[place];
      default -> dictionary.text(ids[place]);
    };
  }
}
