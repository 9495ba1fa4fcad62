package vn.truc.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Reads a section of a file into the settings record of a feature: each component is a key of the
/// same name, absent keys keep the default. The record's own constructor judges the values; what it
/// throws becomes a fault of the section.
///
/// Components may be `int`, `long`, `double`, `boolean`, `String`, [Duration], `Optional<String>`,
/// `List<String>` or another such record. The record is public, since it is read by name.
public final class ConfigSection {
  private static final long NUMBER_MAX = 1_000_000_000_000_000L;
  private static final Duration SPAN_MAX = Duration.ofDays(36_500);

  private ConfigSection() {}

  /// The settings of a section; the defaults where it is absent or at fault.
  ///
  /// @param parent the map that holds the section
  /// @param name the section's key
  public static <T extends Record> T read(ConfigNode parent, String name, T defaults) {
    Optional<ConfigNode> section = parent.optionalMap(name);
    return section.isEmpty() ? defaults : record(parent, name, section.get(), defaults);
  }

  private static <T extends Record> T record(
      ConfigNode parent, String name, ConfigNode section, T defaults) {
    RecordComponent[] components = defaults.getClass().getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      Object otherwise = valueOf(components[i], defaults);
      int before = section.faultCount();
      Object value = value(section, components[i], otherwise);
      // What is at fault is told already: the constructor judges the others.
      values[i] = section.faultCount() == before ? value : otherwise;
    }
    try {
      @SuppressWarnings("unchecked") // the class of a T builds a T
      Class<T> type = (Class<T>) defaults.getClass();
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refusal) {
        parent.fault(name, "is refused: " + Objects.toString(refusal.getMessage(), "no reason"));
        return defaults;
      }
      throw new IllegalStateException("settings of " + name + " cannot be made", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("settings of " + name + " cannot be made", e);
    }
  }

  private static Object valueOf(RecordComponent component, Record defaults) {
    try {
      return component.getAccessor().invoke(defaults);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("settings are not readable: " + component.getName(), e);
    }
  }

  private static Object value(ConfigNode section, RecordComponent component, Object otherwise) {
    String key = component.getName();
    return switch (otherwise) {
      case Integer number ->
          (int) section.integer(key, Integer.MIN_VALUE, Integer.MAX_VALUE, number);
      case Long number -> section.integer(key, -NUMBER_MAX, NUMBER_MAX, number);
      case Double number -> section.optionalNumber(key, -NUMBER_MAX, NUMBER_MAX).orElse(number);
      case Boolean flag -> section.flag(key, flag);
      case String text -> section.text(key, text);
      case Duration span -> section.duration(key, Duration.ZERO, SPAN_MAX, span);
      case Optional<?> text when holdsText(component) -> {
        Optional<String> found = section.optionalText(key);
        yield found.isPresent() ? found : text;
      }
      case List<?> texts when holdsText(component) -> section.has(key) ? section.texts(key) : texts;
      case Record nested -> read(section, key, nested);
      default ->
          throw new IllegalStateException(
              "settings of type " + component.getGenericType() + " cannot be read: " + key);
    };
  }

  private static boolean holdsText(RecordComponent component) {
    return component.getGenericType() instanceof ParameterizedType type
        && Arrays.equals(type.getActualTypeArguments(), new Object[] {String.class});
  }
}
