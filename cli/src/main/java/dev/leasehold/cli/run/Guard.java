// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.local.RunProcesses;
import dev.leasehold.engine.port.Processes.ProcessId;
import dev.leasehold.lease.Clock;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A small process beside this one that kills every process of the run when this one dies, is frozen
 * or cannot renew the leases in time (guard.sh). If somebody kills the guard, another is started.
 * Thread-safe.
 */
final class Guard {
  private final List<String> commandLine;
  private final Runnable onLoss;
  private final Uptime uptime;
  private Process process;
  private Optional<ProcessId> child = Optional.empty();
  private long until = Long.MAX_VALUE;
  private boolean done;

  private Guard(List<String> commandLine, Runnable onLoss, Uptime uptime) throws IOException {
    this.commandLine = commandLine;
    this.onLoss = onLoss;
    this.uptime = uptime;
    this.process = launch();
  }

  /**
   * Starts it.
   *
   * @param owner the run's owner name
   * @param reaper what it runs when this process was killed
   * @param onLoss called when the guard itself was killed and another one took its place
   */
  static Guard start(String owner, List<String> reaper, Runnable onLoss, Clock clock)
      throws Failure {
    List<String> line = new ArrayList<>();
    // A session of its own: the terminal's signals are not for the guard.
    Programs.find("setsid").ifPresent(setsid -> line.add(setsid.toString()));
    // With bash a wait costs no process; any other shell will do.
    line.add(Programs.find("bash").map(Object::toString).orElse("/bin/sh"));
    line.addAll(List.of("-c", Scripts.text("guard.sh"), "leasehold-guard"));
    line.add(RunProcesses.mark(owner));
    line.addAll(reaper);
    try {
      return new Guard(line, onLoss, new Uptime(Path.of("/proc/uptime"), clock));
    } catch (IOException e) {
      throw new Failure(
          ExitCode.CANNOT_EXECUTE, "the guard process cannot be started: " + e.getMessage(), e);
    }
  }

  private Process launch() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(commandLine)
            .directory(new File("/"))
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.INHERIT);
    Map<String, String> environment = builder.environment();
    // The mark of a run in which this one is nested: its guard must not kill this guard.
    environment.remove(RunProcesses.VARIABLE);
    environment.remove("BASH_ENV");
    environment.remove("ENV");
    Process started = builder.start();
    var _ = started.onExit().thenAccept(this::replace);
    return started;
  }

  private void replace(Process ended) {
    synchronized (this) {
      if (done || !ended.equals(process)) {
        return;
      }
      try {
        process = launch();
      } catch (IOException e) {
        return; // this process still does all that the guard would do while it lives
      }
      child.ifPresent(this::sendChild);
      sendUntil();
    }
    onLoss.run();
  }

  /** Tells it which process is the command. */
  synchronized void child(ProcessId id) {
    child = Optional.of(id);
    sendChild(id);
  }

  /**
   * Tells it until when it is to let the command live.
   *
   * @param bootNanos CLOCK_BOOTTIME
   */
  synchronized void until(long bootNanos) {
    until = bootNanos;
    sendUntil();
  }

  /** Ends it: nothing is left to guard. */
  void done() {
    Process last;
    synchronized (this) {
      done = true;
      send("done");
      last = process;
    }
    try {
      last.getOutputStream().close();
      if (!last.waitFor(2, TimeUnit.SECONDS)) {
        last.destroyForcibly();
      }
    } catch (IOException | InterruptedException e) {
      last.destroyForcibly();
    }
  }

  private void sendChild(ProcessId id) {
    send("child " + id.pid() + " " + id.startTicks());
  }

  private void sendUntil() {
    if (until != Long.MAX_VALUE) {
      send("until " + uptime.at(until));
    }
  }

  /** One write a line: the guard never sees a part of one. */
  private void send(String line) {
    try {
      process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
      process.getOutputStream().flush();
    } catch (IOException e) {
      // It was killed: replace() starts another.
    }
  }
}
