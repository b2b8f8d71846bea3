// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.local;

import dev.leasehold.engine.port.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the processes that belong to a run: every one that has the run's mark in its environment,
 * which children inherit, also those that went into the background. A process that clears its
 * environment, or that runs as another user and may not be looked at, is not found.
 */
public final class RunProcesses {
  /** The environment variable that has the run's owner name. */
  public static final String VARIABLE = "LEASEHOLD_RUN";

  private final Processes processes;

  /** Looks through {@code processes}. */
  public RunProcesses(Processes processes) {
    this.processes = processes;
  }

  /** The mark of a run as it stands in the environment. */
  public static String mark(String owner) {
    return VARIABLE + "=" + owner;
  }

  /** The live processes that have the mark of this run, each to be closed by the caller. */
  public List<Processes.Handle> of(String owner) {
    byte[] mark = mark(owner).getBytes(StandardCharsets.UTF_8);
    List<Processes.Handle> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
      for (Path entry : entries) {
        if (hasLine(entry.resolve("environ"), mark)) {
          pinned(entry, mark).ifPresent(found::add);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("/proc cannot be read", e);
    }
    return found;
  }

  /** Whether any live process has the mark of this run. */
  public boolean anyOf(String owner) {
    List<Processes.Handle> found = of(owner);
    found.forEach(Processes.Handle::close);
    return !found.isEmpty();
  }

  /** Looks again once the process is pinned: before, its number may have gone to another. */
  private Optional<Processes.Handle> pinned(Path entry, byte[] mark) {
    int pid = Integer.parseInt(entry.getFileName().toString());
    Optional<Processes.Handle> handle = processes.find(pid);
    if (handle.isPresent() && !hasLine(entry.resolve("environ"), mark)) {
      handle.get().close();
      return Optional.empty();
    }
    return handle;
  }

  private static boolean hasLine(Path environ, byte[] mark) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(environ);
    } catch (IOException e) {
      return false; // gone meanwhile, or of another user
    }
    int start = 0;
    for (int i = 0; i <= bytes.length; i++) {
      if (i == bytes.length || bytes[i] == 0) {
        if (i - start == mark.length
            && java.util.Arrays.equals(bytes, start, i, mark, 0, mark.length)) {
          return true;
        }
        start = i + 1;
      }
    }
    return false;
  }
}
