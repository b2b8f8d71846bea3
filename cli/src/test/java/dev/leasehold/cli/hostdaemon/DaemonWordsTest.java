// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.hostdaemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.cli.hostdaemon.DaemonSpace.Health;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.client.LockspaceRef;
import dev.leasehold.sanlock.client.StatusCommands.LockspaceStatus;
import dev.leasehold.sanlock.client.StatusCommands.Status;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What STATUS of either daemon means. The clock says 1000 s, 1300 s with suspended time. */
class DaemonWordsTest {
  private static final Map<String, String> SANLOCK =
      Map.of("use_watchdog", "1", "monotime", "1000");

  private static Map<String, String> leasehold(int protects, int armed) {
    Map<String, String> words = new HashMap<>(SANLOCK);
    words.put("watchdog_protects", Integer.toString(protects));
    words.put("watchdog_armed", Integer.toString(armed));
    words.put("watchdog_fire_timeout", "30");
    return words;
  }

  private static LockspaceStatus space(String list, long renewed, String... more) {
    Map<String, String> words = new HashMap<>();
    words.put("io_timeout", "10");
    words.put("host_generation", "7");
    words.put("renewal_last_success", Long.toString(renewed));
    for (int i = 0; i < more.length; i += 2) {
      words.put(more[i], more[i + 1]);
    }
    return new LockspaceStatus(LockspaceRef.of("LS", 3, "/ls"), list, words);
  }

  private static DaemonWords words(Map<String, String> daemon, LockspaceStatus... spaces) {
    return new DaemonWords(
        new Status(Name.of("kvm3"), daemon, List.of(), List.of(spaces), List.of()), 1300);
  }

  private static DaemonSpace of(LockspaceStatus space) {
    return words(SANLOCK, space).space(space);
  }

  @Test
  void halfOfTheTimeToTheLossIsTheRisk() {
    assertThat(of(space("spaces", 960)).health()).isEqualTo(Health.WELL);
    assertThat(of(space("spaces", 960, "renew_fail", "1")).health()).isEqualTo(Health.FAILING);
    DaemonSpace risk = of(space("spaces", 959, "renew_fail", "1"));
    assertThat(risk.health()).isEqualTo(Health.AT_RISK);
    assertThat(risk.isAtRisk()).isTrue();
    assertThat(risk.unrenewed()).hasSeconds(41);
    assertThat(risk.lostIn()).hasSeconds(39);
    assertThat(risk.generation()).isEqualTo(7);
    assertThat(of(space("spaces", 959)).health()).as("a renewal hangs").isEqualTo(Health.AT_RISK);
  }

  @Test
  void isLostByTimeOrByTheDaemonsWord() {
    assertThat(of(space("spaces", 920)).health()).isEqualTo(Health.LOST);
    assertThat(of(space("spaces", 900)).lostIn()).isZero();
    assertThat(of(space("spaces", 999, "space_dead", "1")).health()).isEqualTo(Health.LOST);
    assertThat(of(space("spaces", 999, "corrupt_result", "-261")).health()).isEqualTo(Health.LOST);
    assertThat(of(space("add", 0)).health()).isEqualTo(Health.JOINING);
    assertThat(of(space("rem", 999)).health()).isEqualTo(Health.LEAVING);
  }

  @Test
  void aWatchdogIsSoundIfItIsArmedForAllThatCanBeLost() {
    LockspaceStatus[] two = {space("spaces", 999), space("spaces", 959), space("add", 0)};
    DaemonWatchdog armed = words(leasehold(1, 2), two).watchdog();
    assertThat(armed.isSound()).isTrue();
    assertThat(armed.words())
        .isEqualTo("armed and protects: a reset at most 30 s after leases are lost");
    DaemonWatchdog partly = words(leasehold(1, 1), two).watchdog();
    assertThat(partly.isSound()).isFalse();
    assertThat(partly.words()).startsWith("ARMED FOR ONLY 1 OF 2 LOCKSPACES");
    assertThat(words(leasehold(1, 0), two).watchdog().words())
        .startsWith("CONFIGURED BUT NOT ARMED");
    assertThat(words(leasehold(0, 2), two).watchdog().words())
        .startsWith("ARMED BUT DOES NOT PROTECT");
    DaemonWatchdog none = words(leasehold(0, 0), two).watchdog();
    assertThat(none.isSound()).isFalse();
    assertThat(none.words()).startsWith("NONE (use_watchdog = 0)");
  }

  @Test
  void sanlocksDoesNotTellButJoinsNothingWithoutWdmd() {
    DaemonWatchdog armed = words(SANLOCK, space("spaces", 999)).watchdog();
    assertThat(armed.isSound()).isTrue();
    assertThat(armed.armed()).isEmpty();
    assertThat(armed.fireTimeout()).isEqualTo(60);
    assertThat(armed.words()).contains("by sanlock (wdmd)");
    assertThat(words(Map.of("use_watchdog", "0")).watchdog().isSound()).isFalse();
  }

  @Test
  void leaseholdsLooksCountSuspendedTimeAndSanlocksDoNot() {
    Map<String, String> host =
        Map.of("last_check", "995", "last_live", "990", "owner_generation", "2", "timestamp", "44");
    DaemonSighting theirs = words(SANLOCK).sighting(host, true).orElseThrow();
    assertThat(theirs)
        .isEqualTo(new DaemonSighting(2, 44, true, Duration.ofSeconds(5), Duration.ofSeconds(10)));
    assertThat(words(leasehold(1, 1)).sighting(host, true).orElseThrow().changedAgo())
        .hasSeconds(310);
    assertThat(words(SANLOCK).sighting(Map.of("last_check", "995", "last_live", "0"), true))
        .isEmpty();
  }
}
