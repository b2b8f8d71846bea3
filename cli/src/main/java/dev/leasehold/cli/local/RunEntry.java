// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.local;

import dev.leasehold.cli.Failure;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The journal's entry of this very run: it lives as long as this object is open, or until the
 * process ends. Thread-safe.
 */
public final class RunEntry implements AutoCloseable {
  private final Journal journal;
  private final LockFile lock;
  private RunRecord run;

  RunEntry(Journal journal, LockFile lock, RunRecord run) {
    this.journal = journal;
    this.lock = lock;
    this.run = run;
  }

  /** What is noted down. */
  public synchronized RunRecord run() {
    return run;
  }

  /**
   * Notes down a change; it is on the disk when this returns.
   *
   * @throws Failure if it cannot be written
   */
  public synchronized void change(Function<RunRecord, RunRecord> change) throws Failure {
    RunRecord changed = change.apply(run);
    try {
      journal.write(changed);
    } catch (IOException e) {
      throw journal.unwritable(e);
    }
    run = changed;
  }

  /** Chooses a host id. */
  @FunctionalInterface
  public interface Choice {
    /**
     * Decides.
     *
     * @param claimed the host ids that other runs of this machine have or are about to take
     * @return the host id to be noted down
     */
    long choose(Set<Long> claimed) throws Failure;
  }

  /**
   * Chooses a host id while no other run of this machine does, and notes it down as claimed. So
   * runs that start together do not race for one id on the disk, which costs the losers two io
   * timeouts.
   */
  public long claimHostId(Choice choice) throws Failure {
    try (LockFile _ = journal.lockChoice()) {
      Set<Long> claimed = new TreeSet<>();
      List<RunRecord> runs = journal.runs();
      for (RunRecord other : runs) {
        if (!other.owner().equals(run().owner()) && other.hostId() != 0) {
          claimed.add(other.hostId());
        }
      }
      long id = choice.choose(claimed);
      change(record -> record.claiming(id));
      return id;
    } catch (IOException e) {
      throw journal.unwritable(e);
    }
  }

  /** Removes the entry: the run has left nothing behind. */
  public synchronized void remove() throws Failure {
    try {
      journal.remove(run.owner());
    } catch (IOException e) {
      throw journal.unwritable(e);
    }
  }

  @Override
  public synchronized void close() throws Failure {
    try {
      lock.close();
    } catch (IOException e) {
      throw journal.unwritable(e);
    }
  }
}
