// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.walls;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.leasehold.engine.wallsample.EngineSamples;
import dev.leasehold.lease.wallsample.LeaseSamples;
import dev.leasehold.ondisk.wallsample.OndiskSamples;
import dev.leasehold.storage.wallsample.StorageSamples;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keeps the walls between the modules, and proves with samples that each wall would be seen. */
class WallsTest {
  private static JavaClasses product;

  @BeforeAll
  static void readTheProduct() {
    product =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.leasehold");
  }

  static List<String> modules() {
    return Walls.modules();
  }

  @ParameterizedTest
  @MethodSource("modules")
  void moduleUsesOnlyModulesAboveIt(String module) {
    assertThat(product).anyMatch(type -> type.getPackageName().equals("dev.leasehold." + module));
    Walls.module(module).check(product);
  }

  @Test
  void leaseAndEngineTouchTheWorldThroughPortsOnly() {
    Walls.ONLY_PORTS_TYPES.check(product);
    Walls.ONLY_PORTS_CALLS.check(product);
  }

  @Test
  void ondiskIsPure() {
    Walls.ONDISK_IS_PURE.check(product);
    Walls.ONLY_PORTS_CALLS.check(product);
  }

  @Test
  void onlyLinuxMakesNativeCalls() {
    Walls.ONLY_LINUX_IS_NATIVE.check(product);
  }

  @Test
  void theSanlockClientStandsAlone() {
    assertThat(product)
        .anyMatch(type -> type.getPackageName().equals("dev.leasehold.sanlock.wire"));
    Walls.SANLOCK_CLIENT_STANDS_ALONE.check(product);
  }

  // --- the rules see what they are for ---------------------------------------------------------

  static Stream<Class<?>> worldSamples() {
    return Stream.of(LeaseSamples.class, EngineSamples.class)
        .flatMap(samples -> Stream.of(samples.getDeclaredClasses()))
        .filter(sample -> !sample.getSimpleName().startsWith("Allowed"));
  }

  @ParameterizedTest
  @MethodSource("worldSamples")
  void aTouchOfTheWorldIsSeen(Class<?> sample) {
    assertThat(violates(Walls.ONLY_PORTS_TYPES, sample) || violates(Walls.ONLY_PORTS_CALLS, sample))
        .as("%s is refused", sample.getSimpleName())
        .isTrue();
  }

  @Test
  void whatIsHarmlessIsAllowed() {
    Class<?> sample = EngineSamples.Allowed.class;
    assertThat(violates(Walls.ONLY_PORTS_TYPES, sample)).isFalse();
    assertThat(violates(Walls.ONLY_PORTS_CALLS, sample)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        OndiskSamples.ReadsAFile.class,
        OndiskSamples.StartsAThread.class,
        OndiskSamples.UsesALock.class
      })
  void anImpureOndiskIsSeen(Class<?> sample) {
    assertThat(violates(Walls.ONDISK_IS_PURE, sample)).isTrue();
  }

  @Test
  void aNativeCallElsewhereIsSeen() {
    assertThat(violates(Walls.ONLY_LINUX_IS_NATIVE, StorageSamples.MakesANativeCall.class))
        .isTrue();
  }

  @Test
  void anImportOfALowerModuleIsSeen() {
    assertThat(violates(Walls.module("storage"), StorageSamples.UsesTheCommand.class)).isTrue();
  }

  private static boolean violates(ArchRule rule, Class<?> sample) {
    return rule.allowEmptyShould(true)
        .evaluate(new ClassFileImporter().importClasses(sample))
        .hasViolation();
  }
}
