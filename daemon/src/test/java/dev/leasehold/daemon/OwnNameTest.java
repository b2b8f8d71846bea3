// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.linux.HostName;
import dev.leasehold.ondisk.HostNames;
import dev.leasehold.ondisk.Name;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OwnNameTest {
  @Test
  void everyStartHasAnother() {
    Set<Name> names = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      names.add(OwnName.of(Optional.empty()));
    }
    assertThat(names)
        .hasSize(100)
        .allMatch(name -> name.toString().matches("[0-9a-f]{16}\\..+"))
        .allMatch(name -> name.length() < Name.SIZE);
  }

  @Test
  void thirtyCharactersOfTheHostsNameAreShown() {
    String host = HostName.current();
    assertThat(HostNames.shown(OwnName.of(Optional.empty())))
        .isEqualTo(host.substring(0, Math.min(30, host.length())));
  }

  @Test
  void aNameThatIsGivenIsCutToWhatFits() {
    assertThat(OwnName.of(Optional.of("kvm1"))).isEqualTo(Name.of("kvm1"));
    assertThat(OwnName.of(Optional.of("x".repeat(60)))).isEqualTo(Name.of("x".repeat(47)));
    String accented = "é".repeat(23);
    assertThat(OwnName.of(Optional.of(accented))).hasToString(accented);
  }
}
