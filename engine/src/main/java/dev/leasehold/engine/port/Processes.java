// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.port;

import java.util.List;
import java.util.Optional;

/** The processes of this host. No call waits for long. Thread-safe. */
public interface Processes {

  /**
   * Finds a live process and pins its identity (pidfd), so that a later process with the same pid
   * is never taken for it.
   *
   * @param pid positive; anything else is empty
   */
  Optional<Handle> find(int pid);

  /** Finds a process by pid and start time, e.g. after a restart of this program. */
  Optional<Handle> find(ProcessId id);

  /**
   * Runs a program (a holder's killpath) without waiting for it; its end is not reported.
   *
   * @param argv program path and arguments
   * @return false if it could not be started
   */
  boolean run(List<String> argv);

  /** Identity of this boot of the host; differs after every reboot. */
  String bootId();

  /** This very process. */
  ProcessId self();

  /**
   * A pid that cannot be confused with a later process.
   *
   * @param pid process id, positive
   * @param startTicks start time in clock ticks since boot (/proc/PID/stat field 22)
   */
  record ProcessId(int pid, long startTicks) {}

  /** One pinned process. Close to stop watching. Thread-safe. */
  interface Handle extends AutoCloseable {
    /** Identity. */
    ProcessId id();

    /** Whether it is still running (a zombie is not). */
    boolean alive();

    /** Runs {@code action} once, on a task of the port, when the process has ended. */
    void onExit(Runnable action);

    /**
     * Sends a signal to exactly this process.
     *
     * @param signal Linux signal number: 15 SIGTERM, 9 SIGKILL
     * @return false if it is gone already or may not be signalled
     */
    boolean signal(int signal);

    @Override
    void close();
  }
}
