// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop.libvirt;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Guests of both hosts of the lab through all that can happen to them, with every manager. The
 * hosts mostly wait, for guests that boot: the labs are up side by side.
 */
@Tag("lab")
@ResourceLock(LibvirtLab.MACHINE)
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LifeOfGuestsTest {
  private final SideBySide stories = new SideBySide();

  @BeforeAll
  void begin() {
    LibvirtLab.require();
    stories.begin("ours", () -> story(HostKind.OURS, HostKind.OURS));
    stories.begin("mixed", () -> story(HostKind.C, HostKind.OURS));
    stories.begin("plugin", () -> story(HostKind.PLUGIN_ON_OURS, HostKind.PLUGIN_ON_OURS));
  }

  @AfterAll
  void end() {
    stories.close();
  }

  private static void story(HostKind a, HostKind b) throws Exception {
    try (LibvirtLab lab = LibvirtLab.up(a, b)) {
      GuestLife ofA = new GuestLife(lab, "a", a, b);
      GuestLife ofB = new GuestLife(lab, "b", b, a);
      SideBySide.both(ofA::life, ofB::life);
      for (GuestLife life : List.of(ofA, ofB)) {
        life.survivesARestartOfLibvirt();
        life.isMigrated();
      }
      cleanupWhileGuestsStart(ofA, ofB);
      if (a.ours()) {
        ofA.keepsTheDaemon();
      }
      ofB.keepsTheDaemon();
      SideBySide.both(ofA::ends, ofB::ends);
    }
  }

  /** On the host that runs ours in every story. */
  private static void cleanupWhileGuestsStart(GuestLife ofA, GuestLife ofB) throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    SideBySide.both(
        () -> {
          try {
            SideBySide.both(() -> ofA.comesAndGoes(3), () -> ofB.comesAndGoes(3));
          } finally {
            done.set(true);
          }
        },
        () -> {
          while (!done.get()) {
            ofB.cleansUp();
          }
        });
  }

  @Test
  void oursOnBothHosts() throws Exception {
    stories.await("ours");
  }

  @Test
  void thePluginAndTheCDaemonOnOneHostOursOnTheOther() throws Exception {
    stories.await("mixed");
  }

  @Test
  void thePluginOverOurDaemonOnBothHosts() throws Exception {
    stories.await("plugin");
  }
}
