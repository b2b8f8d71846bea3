// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.local.RunProcesses;
import dev.leasehold.engine.port.Processes;
import dev.leasehold.engine.port.Processes.ProcessId;
import dev.leasehold.lease.Clock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The command of a run with everything it starts, and the guard beside it. Thread-safe.
 *
 * <p>Every process with the run's mark counts, so that a shell script's children and a program that
 * went into the background are ended with the command, and keep the leases held.
 */
final class RunningCommand implements AutoCloseable {
  private static final int SIGINT = 2;
  private static final int SIGKILL = 9;
  private static final int SIGTERM = 15;
  private static final long POLL_MILLIS = 200;

  /** The guard is the second line: it must not forestall what this process does in time. */
  private static final Duration GUARD_LAG = Duration.ofSeconds(2);

  private final String owner;
  private final Announcer announcer;
  private final Clock clock;
  private final Processes processes;
  private final RunProcesses marked;
  private final Gate gate;
  private final Guard guard;
  private final ProcessId id;
  private volatile long goodUntil;
  private volatile boolean ending;
  private volatile boolean nobodyLeft;

  private RunningCommand(
      String owner,
      Announcer announcer,
      Clock clock,
      Processes processes,
      Gate gate,
      Guard guard,
      ProcessId id) {
    this.owner = owner;
    this.announcer = announcer;
    this.clock = clock;
    this.processes = processes;
    this.marked = new RunProcesses(processes);
    this.gate = gate;
    this.guard = guard;
    this.id = id;
  }

  /**
   * Starts the process that is to become the command, and its guard.
   *
   * @param fifo where to make the gate's named pipe
   * @param reaper what the guard runs if this process is killed
   */
  static RunningCommand start(
      String owner,
      List<String> command,
      Path fifo,
      List<String> reaper,
      Announcer announcer,
      Clock clock,
      Processes processes)
      throws Failure {
    Guard guard =
        Guard.start(
            owner,
            reaper,
            () -> announcer.say("the guard was killed; another one took its place"),
            clock);
    boolean started = false;
    try {
      Gate gate = Gate.start(fifo, owner, command);
      ProcessId id = identity(gate, processes);
      guard.child(id);
      started = true;
      return new RunningCommand(owner, announcer, clock, processes, gate, guard, id);
    } finally {
      if (!started) {
        guard.done();
      }
    }
  }

  private static ProcessId identity(Gate gate, Processes processes) throws Failure {
    var handle = processes.find((int) gate.process().pid());
    if (handle.isEmpty()) {
      gate.close();
      throw new Failure(
          ExitCode.CANNOT_EXECUTE, "the command's process ended before it was started");
    }
    ProcessId id = handle.get().id();
    handle.get().close();
    return id;
  }

  /** The command's process. */
  ProcessId id() {
    return id;
  }

  /** Tells until when the leases are good, in boot-time nanoseconds. */
  void leasesGoodUntil(long bootNanos) {
    if (!ending) {
      goodUntil = bootNanos;
      guard.until(bootNanos + GUARD_LAG.toNanos());
    }
  }

  /** Lets the process become the command. */
  void open() throws Failure {
    if (!gate.process().isAlive()) {
      throw new Failure(
          ExitCode.CANNOT_EXECUTE, "the command's process was killed before it was started");
    }
    gate.open();
  }

  /** Waits for the end of the command; its exit code, or 128 and the signal that killed it. */
  int awaitEnd() {
    return Waits.untilEnded(gate.process());
  }

  /** Passes a signal on, unless the terminal has sent it to the command too. */
  void pass(int signal) {
    if (signal == SIGINT && Foreground.isOurs()) {
      return;
    }
    if (gate.process().isAlive()) {
      processes
          .find(id)
          .ifPresent(
              handle -> {
                handle.signal(signal);
                handle.close();
              });
    } else {
      signalAll(signal);
    }
  }

  private RunProcesses.Found found() {
    return marked.find(owner, Optional.of(id));
  }

  /** Whether it is certain that nothing of it was alive. */
  private boolean signalAll(int signal) {
    try (RunProcesses.Found found = found()) {
      found.alive().forEach(handle -> handle.signal(signal));
      return found.nobody();
    }
  }

  private boolean nobodyLives() {
    try (RunProcesses.Found found = found()) {
      return found.nobody();
    }
  }

  /**
   * Waits until it is certain that nothing that the command has started is alive, and says so if
   * that takes time.
   */
  void awaitLeftovers() {
    boolean said = false;
    while (!nobodyLeft) {
      try (RunProcesses.Found found = found()) {
        if (found.nobody()) {
          nobodyLeft = true;
          return;
        }
        if (!said && !ending) {
          announcer.say(words(found));
          said = true;
        }
      }
      Waits.millis(POLL_MILLIS);
    }
  }

  private String words(RunProcesses.Found found) {
    if (found.alive().isEmpty()) {
      return "it cannot be told whether the command has left processes behind ("
          + found.doubt().orElse("")
          + "): the leases stay held until it can";
    }
    return (gate.process().isAlive()
            ? "the command still runs ("
            : "the command has ended but left processes behind (")
        + String.join(", ", found.alive().stream().map(left -> "pid " + left.id().pid()).toList())
        + "): the leases stay held until they end";
  }

  /**
   * Ends all of it because the leases are lost: SIGTERM at once, SIGKILL when the grace period is
   * over, which counts from when the leases ran out. Returns at once.
   */
  void endForLoss(Duration grace) {
    ending = true;
    long killAt = Math.min(goodUntil, clock.bootNanos()) + grace.toNanos();
    guard.until(killAt + GUARD_LAG.toNanos());
    Thread.ofPlatform().daemon().name("ending").start(() -> end(killAt));
  }

  private void end(long killAt) {
    signalAll(SIGTERM);
    while (clock.bootNanos() < killAt) {
      if (nobodyLives()) {
        return;
      }
      Waits.millis(POLL_MILLIS);
    }
    while (!signalAll(SIGKILL)) {
      Waits.millis(POLL_MILLIS);
    }
  }

  /** Whether the command may have been started. */
  boolean wasOpened() {
    return gate.isOpen();
  }

  /** The guard is let go only if nothing is left to guard; else it acts when this process ends. */
  @Override
  public void close() {
    gate.close();
    if (nobodyLeft || !gate.isOpen()) {
      guard.done();
    }
  }
}
