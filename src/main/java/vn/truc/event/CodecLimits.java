package vn.truc.event;

/// How large and how odd an event may be.
///
/// @param factBytesMax bytes of one event as it comes; larger is `fact-too-large`
/// @param idCharsMax characters of `id`
/// @param sourceCharsMax characters of `source`
/// @param subjectCharsMax characters of `subject`, trimmed
/// @param textCharsMax characters of a text in the data that the board reads, and of an extension
/// @param membersMax members of one object
/// @param depthMax levels of nesting, at most 60
/// @param futureToleranceSeconds how far `time` may lie ahead of the domain clock
public record CodecLimits(
    int factBytesMax,
    int idCharsMax,
    int sourceCharsMax,
    int subjectCharsMax,
    int textCharsMax,
    int membersMax,
    int depthMax,
    long futureToleranceSeconds) {
  public CodecLimits {
    require(factBytesMax, "factBytesMax");
    require(idCharsMax, "idCharsMax");
    require(sourceCharsMax, "sourceCharsMax");
    require(subjectCharsMax, "subjectCharsMax");
    require(textCharsMax, "textCharsMax");
    require(membersMax, "membersMax");
    require(depthMax, "depthMax");
    if (depthMax > 60) {
      throw new IllegalArgumentException("depthMax must be at most 60: " + depthMax);
    }
    if (futureToleranceSeconds < 0) {
      throw new IllegalArgumentException("futureToleranceSeconds must not be negative");
    }
  }

  /// What is right for nearly everyone.
  public static CodecLimits defaults() {
    return new CodecLimits(65_536, 256, 512, 128, 1_024, 512, 16, 300);
  }

  /// What is in the log was accepted once, under whatever limits: replay knows none.
  static CodecLimits none() {
    int all = Integer.MAX_VALUE;
    return new CodecLimits(all, all, all, all, all, all, 60, 0);
  }

  private static void require(int value, String name) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1: " + value);
    }
  }
}
