import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Formats every Java source below the given folders ({@code --replace}), or fails naming those that are not ({@code --check}). */
class Format {
  public static void main(String[] args) throws Exception {
    boolean check = args[0].equals("--check");
    Formatter formatter = new Formatter();
    List<Path> unformatted = new ArrayList<>();
    for (int i = 1; i < args.length; i++) {
      try (var walk = Files.walk(Path.of(args[i]))) {
        for (Path file : (Iterable<Path>) walk.filter(path -> path.toString().endsWith(".java")).sorted()::iterator) {
          String before = Files.readString(file);
          String after = formatted(formatter, file, before);
          if (!after.equals(before)) {
            unformatted.add(file);
            if (!check) {
              Files.writeString(file, after);
            }
          }
        }
      }
    }
    if (check && !unformatted.isEmpty()) {
      unformatted.forEach(file -> System.err.println("not formatted: " + file));
      System.exit(1);
    }
  }

  private static String formatted(Formatter formatter, Path file, String text) throws Exception {
    try {
      String ordered = ImportOrderer.reorderImports(RemoveUnusedImports.removeUnusedImports(text), Style.GOOGLE);
      return formatter.formatSource(ordered);
    } catch (com.google.googlejavaformat.java.FormatterException e) {
      throw new IllegalStateException(file + ": " + e.getMessage(), e);
    }
  }
}
