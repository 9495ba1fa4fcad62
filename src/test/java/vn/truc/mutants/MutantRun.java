package vn.truc.mutants;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// Runs test classes one after another in a process of its own, and ends it at the first failure.
/// Arguments: names of test classes, in the order wanted. Exit code: 0 all passed, 1 one failed
/// (its name is printed), 2 none was found. Prints `CLASS MILLIS` for each class that passed.
public final class MutantRun {

  private MutantRun() {}

  /// Entry point.
  public static void main(String[] classes) throws ClassNotFoundException {
    Launcher launcher = LauncherFactory.create();
    Watch watch = new Watch();
    for (String name : classes) {
      LauncherDiscoveryRequest request =
          LauncherDiscoveryRequestBuilder.request()
              .selectors(List.of(selectClass(Class.forName(name))))
              .build();
      long begun = System.nanoTime();
      launcher.execute(request, watch);
      System.out.println(name + " " + (System.nanoTime() - begun) / 1_000_000);
    }
    System.out.flush();
    // some tests leave threads behind
    Runtime.getRuntime().halt(watch.passed > 0 ? 0 : 2);
  }

  /// The classes that would be run of a first run's output, the quickest first.
  static List<String> quickestFirst(String output, List<String> classes) {
    Map<String, Long> millis = new HashMap<>();
    for (String line : output.lines().toList()) {
      String[] parts = line.split(" ", 3);
      if (parts.length == 2 && classes.contains(parts[0])) {
        millis.put(parts[0], Long.parseLong(parts[1]));
      }
    }
    List<String> sorted = new ArrayList<>(classes);
    sorted.sort((a, b) -> Long.compare(millis.getOrDefault(a, 0L), millis.getOrDefault(b, 0L)));
    return sorted;
  }

  private static String name(TestIdentifier test) {
    return switch (test.getSource().orElse(null)) {
      case MethodSource method -> simple(method.getClassName()) + "." + method.getMethodName();
      case ClassSource of -> simple(of.getClassName());
      case null, default -> test.getDisplayName();
    };
  }

  private static String simple(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static final class Watch implements TestExecutionListener {
    private int passed;

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      if (result.getStatus() == TestExecutionResult.Status.FAILED) {
        System.out.println("failed " + name(test));
        result
            .getThrowable()
            .ifPresent(
                fault ->
                    System.out.println(
                        fault + " " + Arrays.stream(fault.getStackTrace()).limit(3).toList()));
        System.out.flush();
        Runtime.getRuntime().halt(1);
      }
      if (test.isTest()) {
        passed++;
      }
    }
  }
}
