package vn.truc.board;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import vn.truc.calendar.ServiceLevels;

/// The configuration the board reads, as recorded in the log (`agencies.yaml`, `areas.yaml`,
/// `fields.yaml`, `indicators.yaml`). Ids are unique over agencies and areas together, since both
/// name scopes.
///
/// @param nearDue how long before its due instant a case is near due (`sla.yaml`), calendar time
public record BoardConfig(
    List<Agency> agencies,
    List<Area> areas,
    List<Field> fields,
    List<IndicatorSpec> indicators,
    Duration nearDue) {

  public BoardConfig {
    agencies = List.copyOf(agencies);
    areas = List.copyOf(areas);
    fields = List.copyOf(fields);
    indicators = List.copyOf(indicators);
    Objects.requireNonNull(nearDue, "nearDue");
  }

  /// With the shipped nearness.
  public BoardConfig(
      List<Agency> agencies, List<Area> areas, List<Field> fields, List<IndicatorSpec> indicators) {
    this(agencies, areas, fields, indicators, ServiceLevels.defaults().nearDue());
  }

  /// Before any is known.
  public static BoardConfig none() {
    return new BoardConfig(List.of(), List.of(), List.of(), List.of());
  }

  /// An agency (cơ quan, đơn vị).
  ///
  /// @param parent the id of the agency above it; a parent stands before its children in the list
  /// @param kind `department`, `office` or `commune`
  public record Agency(
      String id, String name, String nameEn, Optional<String> parent, String kind) {}

  /// A commune-level unit with its place on the hex map (even rows shifted right by half a cell).
  ///
  /// @param code five characters, leading zero included
  /// @param kind `xa` or `phuong`
  public record Area(String code, String name, String kind, int hexRow, int hexCol) {}

  /// A field of work (lĩnh vực) of dossiers and feedback.
  public record Field(String id, String name, String nameEn) {}

  /// An indicator that may be reported; targets may be absent.
  public record IndicatorSpec(
      String id,
      String name,
      String nameEn,
      String unit,
      String unitEn,
      OptionalDouble target,
      OptionalDouble targetLow,
      OptionalDouble targetHigh) {}
}
