// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.process;

import dev.leasehold.engine.port.Processes.Handle;
import dev.leasehold.engine.port.Processes.ProcessId;
import dev.leasehold.linux.Privileges;
import dev.leasehold.linux.ffi.Descriptor;
import dev.leasehold.linux.ffi.PollCalls;
import dev.leasehold.linux.ffi.ProcessCalls;

/** A process pinned by its pidfd. Thread-safe. */
final class PidfdHandle implements Handle {

  private final ProcessId id;
  private final Descriptor pidfd;
  private final ExitPoller poller;
  private final Privileges privileges;

  PidfdHandle(ProcessId id, Descriptor pidfd, ExitPoller poller, Privileges privileges) {
    this.id = id;
    this.pidfd = pidfd;
    this.poller = poller;
    this.privileges = privileges;
  }

  @Override
  public ProcessId id() {
    return id;
  }

  /** Also false after {@link #close}: nothing is known of it any more. */
  @Override
  public boolean alive() {
    if (!pidfd.acquire()) {
      return false;
    }
    try {
      return isAlive(pidfd.number());
    } finally {
      pidfd.release();
    }
  }

  /** A pidfd is readable when its process has ended, reaped or not (pidfd_open(2)). */
  static boolean isAlive(int pidfd) {
    int readable = PollCalls.readable(pidfd);
    if (readable < 0) {
      throw new IllegalStateException("poll of a pidfd failed: errno " + -readable);
    }
    return readable == 0;
  }

  @Override
  public void onExit(Runnable action) {
    if (!pidfd.acquire()) {
      throw new IllegalStateException("the handle of process " + id.pid() + " is closed");
    }
    try {
      poller.watch(pidfd, "exit of process " + id.pid(), action);
    } finally {
      pidfd.release();
    }
  }

  @Override
  public boolean signal(int signal) {
    if (!pidfd.acquire()) {
      return false;
    }
    try {
      // A zombie would take the signal without effect.
      return isAlive(pidfd.number()) && send(pidfd.number(), signal) == 0;
    } finally {
      pidfd.release();
    }
  }

  private int send(int descriptor, int signal) {
    return privileges.call(() -> ProcessCalls.pidfdSendSignal(descriptor, signal));
  }

  @Override
  public void close() {
    poller.forget(pidfd);
    pidfd.close();
  }

  @Override
  public String toString() {
    return "process " + id.pid();
  }
}
