// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.testkit;

import java.io.PrintStream;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.UniqueId.Segment;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Prints the name of every test that did not run, and why. Surefire only counts them, and a test
 * that silently never runs proves nothing.
 *
 * <p>JUnit finds this class by its service file; having this module on the class path is enough.
 */
public final class SkippedTestReporter implements TestExecutionListener {
  private final PrintStream out;

  public SkippedTestReporter() {
    this(System.out);
  }

  SkippedTestReporter(PrintStream out) {
    this.out = out;
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    report(test, reason);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
      report(test, result.getThrowable().map(Throwable::getMessage).orElse(null));
    }
  }

  private void report(TestIdentifier test, @Nullable String reason) {
    String why = reason == null ? "no reason given" : reason.strip();
    out.println("SKIPPED " + nameOf(test) + ": " + why);
  }

  /** Class and method, as in {@code dev.leasehold.x.FooTest > Inner > method()}. */
  private static String nameOf(TestIdentifier test) {
    return test.getUniqueIdObject().getSegments().stream()
        .skip(1) // the engine
        .map(Segment::getValue)
        .reduce((outer, inner) -> outer + " > " + inner)
        .orElse(test.getDisplayName());
  }
}
