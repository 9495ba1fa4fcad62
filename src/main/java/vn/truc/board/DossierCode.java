package vn.truc.board;

/// The national form of a dossier code: identity of the receiving unit, date, serial of the day.
///
/// ```
/// H60.50.05.13-261123-0975      province: 2-digit year, 4-digit serial
/// G09.20-20261123-0092637       ministry: 4-digit year, 6 or 7 digits
/// 000.00.50.H60-210315-0012     before units were named anew
/// ```
final class DossierCode {
  private static final int UNIT_PARTS_MAX = 5;

  private final String code;
  private int at;

  private DossierCode(String code) {
    this.code = code;
  }

  /// Whether a code has the form.
  static boolean isWellFormed(String code) {
    return new DossierCode(code).matches();
  }

  private boolean matches() {
    return unit() && skip('-') && date() && skip('-') && serial();
  }

  private boolean unit() {
    return code.startsWith("000.00.") ? formerUnit() : presentUnit();
  }

  private boolean formerUnit() {
    at = "000.00.".length();
    return digits(2, 3) && skip('.') && top();
  }

  private boolean presentUnit() {
    if (!top()) {
      return false;
    }
    int parts = 1;
    while (skip('.')) {
      if (++parts > UNIT_PARTS_MAX || !part()) {
        return false;
      }
    }
    return true;
  }

  /// A capital and two digits.
  private boolean top() {
    return at < code.length() && isCapital(code.charAt(at++)) && digits(2, 2);
  }

  /// Two or three capitals or digits.
  private boolean part() {
    int from = at;
    while (at < code.length() && (isCapital(code.charAt(at)) || isDigit(code.charAt(at)))) {
      at++;
    }
    return at - from == 2 || at - from == 3;
  }

  private boolean date() {
    int from = at;
    return digits(6, 8) && at - from != 7;
  }

  private boolean serial() {
    return digits(4, 7) && at == code.length();
  }

  private boolean digits(int least, int most) {
    int from = at;
    while (at < code.length() && isDigit(code.charAt(at))) {
      at++;
    }
    return at - from >= least && at - from <= most;
  }

  private boolean skip(char expected) {
    if (at < code.length() && code.charAt(at) == expected) {
      at++;
      return true;
    }
    return false;
  }

  private static boolean isCapital(char character) {
    return character >= 'A' && character <= 'Z';
  }

  private static boolean isDigit(char character) {
    return character >= '0' && character <= '9';
  }
}
