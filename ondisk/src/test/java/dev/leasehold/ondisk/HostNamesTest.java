// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostNamesTest {
  private static final String UUID = "3f1c2b00-9a8d-4c5e-8f00-0123456789ab";

  @ParameterizedTest
  @CsvSource({
    // As the daemons of both kinds sign, cut to 47 bytes or not.
    "3f1c2b00-9a8d-4c5e-8f00-0123456789ab.kvm3, kvm3",
    "3F1C2B00-9A8D-4C5E-8F00-0123456789AB.kvm3, kvm3",
    "3f1c2b00-9a8d-4c5e-8f00-0123456789ab.kvm3.examp, kvm3.examp",
    "0123456789abcdef.kvm3.example.org, kvm3.example.org",
    "0123456789abcdef.feedc0ffee00, feedc0ffee00",
    // As a run signs, in a container too, whose host's name is of hexadecimal digits.
    "kvm3.0123456789ab, kvm3",
    "kvm3.example.org.0123456789ab, kvm3.example.org",
    "feedc0ffee00.0123456789ab, feedc0ffee00",
    "3f1c2b00-9a8d-4c5e-8f00-0123456789ab.feedc0ffee, feedc0ffee",
  })
  void whatIsRandomIsNotShown(String name, String shown) {
    assertThat(HostNames.shown(name)).isEqualTo(shown);
    assertThat(HostNames.shown(Name.of(name))).isEqualTo(shown);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "kvm3",
        "kvm3.example.org",
        "feedc0ffee00",
        ".0123456789ab",
        "kvm3.0123456789ag",
        "kvm3.0123456789abc",
        "0123456789abcde.kvm3",
        "0123456789abcdef",
        "3f1c2b00-9a8d-4c5e-8f00-0123456789a.kvm3",
        "x3f1c2b00-9a8d-4c5e-8f00-0123456789ab.kvm3",
        "3f1c2b00-9a8d-4c5e-8f00-0123456789ab",
        "3f1c2b00-9a8d-4c5e-8f00-0123456789ab."
      })
  void allElseIsShownAsItIs(String name) {
    assertThat(HostNames.shown(name)).isEqualTo(name);
  }

  @Test
  void aNoteTellsMoreThanAGeneratedNameAndAGivenOneMoreThanANote() {
    assertThat(best(UUID + ".kvm3.examp", "kvm3.example.org")).contains("kvm3.example.org");
    assertThat(best("kvm3.0123456789ab", "kvm3")).contains("kvm3");
    assertThat(best("rack7", "kvm3")).contains("rack7");
    // VDSM signs with the UUID of the host.
    assertThat(best(UUID, "kvm3")).contains("kvm3");
    assertThat(best("", "kvm3")).contains("kvm3");
    // Of a version that noted down what it signs with.
    assertThat(best(UUID + ".kvm3.examp", UUID + ".kvm3.examp")).contains("kvm3.examp");
  }

  @Test
  void oneOfThemIsEnough() {
    assertThat(HostNames.best(Optional.of(UUID + ".kvm3"), Optional.empty())).contains("kvm3");
    assertThat(HostNames.best(Optional.of(UUID + ".kvm3"), Optional.of(""))).contains("kvm3");
    assertThat(HostNames.best(Optional.of(UUID), Optional.empty())).contains(UUID);
    assertThat(HostNames.best(Optional.empty(), Optional.of("kvm3"))).contains("kvm3");
    assertThat(HostNames.best(Optional.empty(), Optional.empty())).isEmpty();
    assertThat(HostNames.best(Optional.of(""), Optional.of(""))).isEmpty();
  }

  private static Optional<String> best(String signed, String noted) {
    return HostNames.best(Optional.of(signed), Optional.of(noted));
  }
}
