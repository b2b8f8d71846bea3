// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.local.RunProcesses;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The command's process before it is the command: it exists, so that leases can be taken in its
 * name and it can be watched, but it becomes the command only when {@link #open} lets it (gate.sh).
 */
final class Gate implements AutoCloseable {
  private static final byte[] GO = "go\n".getBytes(StandardCharsets.US_ASCII);

  private final Path fifo;
  private final FileChannel channel;
  private final Process process;
  private boolean opened;

  private Gate(Path fifo, FileChannel channel, Process process) {
    this.fifo = fifo;
    this.channel = channel;
    this.process = process;
  }

  /**
   * Starts it.
   *
   * @param fifo where to make the named pipe that it waits at
   * @param owner the run's owner name, for the mark in its environment
   * @param command what it is to become
   */
  static Gate start(Path fifo, String owner, List<String> command) throws Failure {
    try {
      make(fifo);
      // For reading too: so this never waits for the other side.
      FileChannel channel =
          FileChannel.open(fifo, StandardOpenOption.READ, StandardOpenOption.WRITE);
      return new Gate(fifo, channel, start(fifo.toString(), owner, command));
    } catch (IOException e) {
      throw new Failure(
          ExitCode.CANNOT_EXECUTE, "the command could not be started: " + e.getMessage(), e);
    }
  }

  private static void make(Path fifo) throws IOException {
    Process mkfifo = new ProcessBuilder("mkfifo", "-m", "600", fifo.toString()).inheritIO().start();
    if (Waits.untilEnded(mkfifo) != 0) {
      throw new IOException("mkfifo " + fifo + " failed");
    }
  }

  private static Process start(String fifo, String owner, List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder().inheritIO();
    Map<String, String> environment = builder.environment();
    environment.put(RunProcesses.VARIABLE, owner);
    List<String> line =
        new ArrayList<>(List.of("/bin/sh", "-c", Scripts.text("gate.sh"), "sh", fifo));
    line.addAll(whatShellsDrop(environment));
    line.addAll(command);
    return builder.command(line).start();
  }

  /** Some shells drop variables whose names are none for them: those go through env(1). */
  private static List<String> whatShellsDrop(Map<String, String> environment) {
    List<String> through = new ArrayList<>();
    environment.forEach(
        (name, value) -> {
          if (!isShellName(name)) {
            through.add(name + "=" + value);
          }
        });
    if (!through.isEmpty()) {
      through.addFirst("env");
    }
    return through;
  }

  private static boolean isShellName(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      if (!letter && (i == 0 || c < '0' || c > '9')) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  /** The process, before and after the gate. */
  Process process() {
    return process;
  }

  /** Whether the process may have become the command. */
  synchronized boolean isOpen() {
    return opened;
  }

  /** Lets the process become the command. */
  synchronized void open() throws Failure {
    opened = true;
    try {
      ByteBuffer go = ByteBuffer.wrap(GO);
      while (go.hasRemaining()) {
        channel.write(go);
      }
    } catch (IOException e) {
      process.destroyForcibly();
      throw new Failure(
          ExitCode.INTERNAL, "the command's gate cannot be written to: " + e.getMessage(), e);
    }
  }

  /** Ends the process if it has not become the command. */
  @Override
  public synchronized void close() {
    if (!opened) {
      process.destroyForcibly();
      int _ = Waits.untilEnded(process);
    }
    try {
      channel.close();
      Files.deleteIfExists(fifo);
    } catch (IOException e) {
      // It lies in a private directory and is removed with the journal's entry.
    }
  }
}
