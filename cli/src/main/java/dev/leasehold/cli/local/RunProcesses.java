// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.local;

import dev.leasehold.engine.port.Processes;
import dev.leasehold.engine.port.Processes.Handle;
import dev.leasehold.engine.port.Processes.ProcessId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the processes that belong to a run: its command, and every one that has the run's mark in
 * its environment, which children inherit, also those that went into the background. A process that
 * clears its environment, or that may not be looked at (it runs as another user, or with privileges
 * of its own), is not found.
 */
public final class RunProcesses {
  /** The environment variable that has the run's owner name. */
  public static final String VARIABLE = "LEASEHOLD_RUN";

  private static final long PAUSE_MILLIS = 50;

  private final Processes processes;
  private final Path proc;
  private final Runnable pause;

  /** Looks through {@code processes}. */
  public RunProcesses(Processes processes) {
    this(processes, Path.of("/proc"), () -> Pauses.millis(PAUSE_MILLIS));
  }

  RunProcesses(Processes processes, Path proc, Runnable pause) {
    this.processes = processes;
    this.proc = proc;
    this.pause = pause;
  }

  /** The mark of a run as it stands in the environment. */
  public static String mark(String owner) {
    return VARIABLE + "=" + owner;
  }

  /**
   * What was found, to be closed.
   *
   * @param alive live processes of the run
   * @param doubt why there may be more, if something could not be looked at
   */
  public record Found(List<Handle> alive, Optional<String> doubt) implements AutoCloseable {
    /** Whether it is certain that nothing of the run lives. */
    public boolean nobody() {
      return alive.isEmpty() && doubt.isEmpty();
    }

    @Override
    public void close() {
      alive.forEach(Handle::close);
    }
  }

  /**
   * Looks for the live processes of a run. That there are none is believed only if a second look a
   * moment later says the same: the first misses a process whose parent ended while it looked.
   *
   * @param owner the run's owner name
   * @param command the run's command, which may have cleared its environment
   */
  public Found find(String owner, Optional<ProcessId> command) {
    Found first = look(owner, command);
    if (!first.nobody()) {
      return first;
    }
    pause.run();
    return look(owner, command);
  }

  private Found look(String owner, Optional<ProcessId> command) {
    byte[] mark = mark(owner).getBytes(StandardCharsets.UTF_8);
    List<Handle> alive = new ArrayList<>();
    Optional<String> doubt = Optional.empty();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc, "[1-9]*")) {
      for (Path entry : entries) {
        try {
          marked(entry, mark).ifPresent(alive::add);
        } catch (IOException | RuntimeException e) {
          doubt = Optional.of(e.toString()); // and on: whoever can be found can be ended
        }
      }
      command
          .filter(id -> alive.stream().noneMatch(found -> found.id().equals(id)))
          .flatMap(processes::find)
          .ifPresent(alive::add);
    } catch (IOException | RuntimeException e) {
      doubt = Optional.of(e.toString());
    }
    return new Found(alive, doubt);
  }

  /** Looks again once the process is pinned: before, its number may have gone to another. */
  private Optional<Handle> marked(Path entry, byte[] mark) throws IOException {
    if (!ProcessEnvironment.has(entry, mark)) {
      return Optional.empty();
    }
    Optional<Handle> handle = processes.find(Integer.parseInt(entry.getFileName().toString()));
    boolean kept = false;
    try {
      kept = ProcessEnvironment.has(entry, mark);
      if (kept && handle.isEmpty()) {
        throw new IOException("process " + entry.getFileName() + " cannot be pinned");
      }
      return kept ? handle : Optional.empty();
    } finally {
      if (!kept) {
        handle.ifPresent(Handle::close);
      }
    }
  }
}
