package vn.truc.event;

import java.util.Locale;

/// A media type as far as the door cares: its essence in lower case, and whether its charset, where
/// named, is UTF-8.
///
/// @param essence `type/subtype`, without parameters
/// @param utf8 false when a charset other than UTF-8 is named
public record MediaType(String essence, boolean utf8) {

  /// Reads the value of a `Content-Type` header; the empty text gives an empty essence.
  public static MediaType of(String header) {
    int end = header.indexOf(';');
    String essence = (end < 0 ? header : header.substring(0, end)).strip();
    boolean utf8 = true;
    for (String parameter : header.substring(essenceEnd(header)).split(";", -1)) {
      int equals = parameter.indexOf('=');
      if (equals > 0 && parameter.substring(0, equals).strip().equalsIgnoreCase("charset")) {
        String charset = parameter.substring(equals + 1).replace("\"", "").strip();
        utf8 &= charset.equalsIgnoreCase("utf-8") || charset.equalsIgnoreCase("utf8");
      }
    }
    return new MediaType(essence.toLowerCase(Locale.ROOT), utf8);
  }

  private static int essenceEnd(String header) {
    int end = header.indexOf(';');
    return end < 0 ? header.length() : end;
  }

  /// Whether content of this type is JSON in UTF-8.
  public boolean isJson() {
    return utf8
        && (essence.equals("application/json")
            || essence.equals("text/json")
            || (essence.indexOf('/') > 0 && essence.endsWith("+json")));
  }
}
