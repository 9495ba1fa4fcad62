package vn.truc.config;

import java.util.Objects;

/// Where something stands in a file.
///
/// @param file the file's name, without its folder
/// @param line from 1
/// @param column from 1
public record Place(String file, int line, int column) {
  public Place {
    Objects.requireNonNull(file, "file");
  }

  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
