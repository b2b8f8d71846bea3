// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop.libvirt;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * Hosts that die, and daemons that are killed. Each case waits for 8 io timeouts and 60 s, so they
 * run side by side.
 */
@Tag("lab")
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TakeoverLabTest {
  private final SideBySide stories = new SideBySide();

  @BeforeAll
  void begin() {
    LibvirtLab.require();
    begin("ours", "a", HostKind.OURS, HostKind.OURS);
    begin("theirs", "a", HostKind.C, HostKind.OURS);
    begin("taken by theirs", "b", HostKind.C, HostKind.OURS);
    begin("plugin", "a", HostKind.PLUGIN_ON_OURS, HostKind.PLUGIN_ON_OURS);
    stories.begin("daemons", () -> killedDaemons(HostKind.OURS, HostKind.PLUGIN_ON_OURS));
  }

  @AfterAll
  void end() {
    stories.close();
  }

  private void begin(String name, String dead, HostKind a, HostKind b) {
    stories.begin(name, () -> deadHost(dead, a, b));
  }

  private static void deadHost(String dead, HostKind a, HostKind b) throws Exception {
    try (LibvirtLab lab = LibvirtLab.up(a, b)) {
      GuestLife life =
          dead.equals("a") ? new GuestLife(lab, "a", a, b) : new GuestLife(lab, "b", b, a);
      life.isTakenOver();
    }
  }

  private static void killedDaemons(HostKind a, HostKind b) throws Exception {
    try (LibvirtLab lab = LibvirtLab.up(a, b)) {
      GuestLife ofA = new GuestLife(lab, "a", a, b);
      GuestLife ofB = new GuestLife(lab, "b", b, a);
      SideBySide.both(ofA::isEndedWhenTheDaemonWasKilled, ofB::isEndedWhenTheDaemonWasKilled);
    }
  }

  @Test
  void aDeadHostsGuestIsTakenOverOnceItIsProvablyGone() throws Exception {
    stories.await("ours");
  }

  @Test
  void weTakeOverFromADeadHostWithTheCDaemon() throws Exception {
    stories.await("theirs");
  }

  @Test
  void theCDaemonTakesOverFromADeadHostOfOurs() throws Exception {
    stories.await("taken by theirs");
  }

  @Test
  void thePluginTakesOverThroughOurDaemon() throws Exception {
    stories.await("plugin");
  }

  @Test
  void aKilledDaemonComesBackAndEndsTheGuestsThatItHadLeft() throws Exception {
    stories.await("daemons");
  }
}
