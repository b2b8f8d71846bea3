// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.daemon.LinuxPorts;
import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.holder.Lifetime;
import dev.leasehold.linux.NoWatchdog;
import dev.leasehold.linux.Privileges;
import dev.leasehold.ondisk.Name;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonJournalTest {
  private static final Name FIRST = Name.of("FIRST");
  private static final Name SECOND = Name.of("SECOND");

  @TempDir Path dir;
  private final List<String> faults = new CopyOnWriteArrayList<>();

  /** Two commands of one holder on two lockspaces: the one that ends is not the other one. */
  @Test
  void whatIsBeingAcquiredStaysNotedWhenAnotherAcquisitionEnds() throws Exception {
    LinuxPorts ports =
        new LinuxPorts((task, failure) -> faults.add(task + failure), Privileges.asWeAre());
    JournalFile file = new JournalFile(dir.resolve("journal"));
    Leftovers leftovers =
        new Leftovers(ports.tasks(), ports.clock(), ports.processes(), faults::add);
    DaemonJournal journal = new DaemonJournal(file, leftovers, faults::add);
    Process guest = new ProcessBuilder("sleep", "600").start();
    try (LeaseManager manager =
        ports.engine(EngineConfig.of(Name.of("kvm1")), new NoWatchdog(), journal)) {
      journal.follow(manager);
      HolderId holder =
          manager.register((int) guest.pid(), Lifetime.PROCESS, HolderLabel.command("test"));
      journal.acquiring(holder, Set.of(FIRST));
      journal.acquiring(holder, Set.of(SECOND));
      assertThat(noted(file)).containsExactlyInAnyOrder(FIRST, SECOND);
      journal.acquired(holder, Set.of(FIRST));
      journal.refresh();
      assertThat(noted(file)).containsExactly(SECOND);
      journal.acquired(holder, Set.of(SECOND));
      journal.refresh();
      assertThat(noted(file)).isEmpty();
    } finally {
      guest.destroyForcibly().waitFor();
    }
    assertThat(faults).isEmpty();
  }

  private static List<Name> noted(JournalFile file) throws IOException {
    return file.read().stream()
        .flatMap(journal -> journal.held().stream())
        .map(JournalText.Held::lockspace)
        .toList();
  }
}
