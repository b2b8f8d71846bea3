// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.journal;

import dev.leasehold.engine.port.Processes;
import dev.leasehold.engine.port.Tasks;
import dev.leasehold.engine.port.Watchdog;
import dev.leasehold.lease.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The journal of a daemon from its start on: what was left behind, and what is noted from now on.
 */
public final class Restart {
  private static final Duration HEARTBEAT = Duration.ofSeconds(5);

  private final Tasks tasks;
  private final Leftovers leftovers;
  private final DaemonJournal journal;

  private Restart(Tasks tasks, Leftovers leftovers, DaemonJournal journal) {
    this.tasks = tasks;
    this.leftovers = leftovers;
    this.journal = journal;
  }

  /**
   * Looks what a daemon before this one left behind, and begins to stop it.
   *
   * @param file of the journal
   * @param grace seconds that a process has to stop
   * @param said takes lines for the log that nobody may miss
   * @throws IOException if the journal cannot be read: who knows what is in it
   */
  public static Restart begin(
      Path file, int grace, Tasks tasks, Clock clock, Processes processes, Consumer<String> said)
      throws IOException {
    JournalFile journal = new JournalFile(file);
    Leftovers leftovers = new Leftovers(tasks, clock, processes, said);
    Optional<JournalText> found = journal.read();
    found.ifPresent(text -> leftovers.stop(text, grace));
    return new Restart(tasks, leftovers, new DaemonJournal(journal, leftovers, said));
  }

  /** The watchdog, behind the gate. */
  public Watchdog gate(Watchdog watchdog) {
    return new GatedWatchdog(watchdog, leftovers);
  }

  /** What the engine is to tell. */
  public DaemonJournal journal() {
    return journal;
  }

  /** How many processes are being stopped still. */
  public int stopping() {
    return leftovers.count();
  }

  /** Notes every few seconds when the lockspaces were renewed; until the process ends. */
  public void beat() {
    tasks.start(
        "journal",
        () -> {
          while (true) {
            tasks.sleep(HEARTBEAT);
            journal.refresh();
          }
        });
  }
}
