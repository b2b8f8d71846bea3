// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class SkippedTestReporterTest {

  @Test
  void everyTestThatDidNotRunIsNamedWithItsReason() {
    String name = Sample.class.getName();
    assertThat(run(Sample.class))
        .containsExactlyInAnyOrder(
            "SKIPPED " + name + " > aborted(): needs a program",
            "SKIPPED " + name + " > disabled(): not today");
  }

  @Test
  void junitFindsItByItself() {
    assertThat(ServiceLoader.load(TestExecutionListener.class))
        .hasAtLeastOneElementOfType(SkippedTestReporter.class);
  }

  private static List<String> run(Class<?> tests) {
    var printed = new ByteArrayOutputStream();
    var out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    var quiet = LauncherConfig.builder().enableTestExecutionListenerAutoRegistration(false).build();
    var request = LauncherDiscoveryRequestBuilder.request().selectors(selectClass(tests)).build();
    LauncherFactory.create(quiet).execute(request, new SkippedTestReporter(out));
    return printed.toString(StandardCharsets.UTF_8).lines().toList();
  }

  /** Not run by the build: its name does not end in Test. */
  static final class Sample {
    @Test
    void passes() {}

    @Test
    void aborted() {
      Assumptions.abort("needs a program");
    }

    @Test
    @Disabled("not today")
    void disabled() {}
  }
}
