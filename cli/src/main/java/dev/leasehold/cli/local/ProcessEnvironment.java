// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The environment that a process was started with (proc_pid_environ(5)). That nothing can be read
 * proves nothing: it is so in the middle of exec(2) and of the process's end, and on errors.
 */
final class ProcessEnvironment {
  /** So often is a process looked at that is just being started or ended. */
  private static final int TRIES = 50;

  private static final long TRY_MILLIS = 2;

  private ProcessEnvironment() {}

  /**
   * Whether it has this line. One that may not be looked at has not, nor has one that is gone.
   *
   * @param process its directory in /proc
   * @throws IOException if that cannot be told
   */
  static boolean has(Path process, byte[] line) throws IOException {
    return has(process, line, false);
  }

  private static boolean has(Path task, byte[] line, boolean isThread) throws IOException {
    try {
      for (int i = 0; i < TRIES; i++) {
        byte[] environment = read(task);
        if (environment.length > 0) {
          return contains(environment, line);
        }
        Optional<Boolean> answer = without(task, line, isThread);
        if (answer.isPresent()) {
          return answer.get();
        }
        Pauses.millis(TRY_MILLIS);
      }
    } catch (NoSuchFileException | AccessDeniedException e) {
      return false;
    } catch (IOException e) {
      if (Files.notExists(task)) {
        return false;
      }
      throw e;
    }
    throw new IOException(task + " cannot be read: it is just being started or ended");
  }

  /** Nothing if it cannot be read for a reason that the process's state has to tell. */
  private static byte[] read(Path task) throws IOException {
    try {
      return Files.readAllBytes(task.resolve("environ"));
    } catch (NoSuchFileException | AccessDeniedException e) {
      throw e;
    } catch (IOException e) {
      return new byte[0];
    }
  }

  /** The answer when nothing could be read; empty if it is open. */
  private static Optional<Boolean> without(Path task, byte[] line, boolean isThread)
      throws IOException {
    TaskState state = TaskState.of(task);
    if (state.isKernel() || state.hasEmptyEnvironment()) {
      return Optional.of(false);
    }
    if (!state.isDead()) {
      return Optional.empty();
    }
    return Optional.of(!isThread && state.threads() > 1 && anyThreadHas(task, line));
  }

  /** A thread that hangs in the kernel outlives the first one, which is that of the process. */
  private static boolean anyThreadHas(Path process, byte[] line) throws IOException {
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(process.resolve("task"))) {
      for (Path thread : threads) {
        if (has(thread, line, true)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean contains(byte[] environment, byte[] line) {
    int start = 0;
    for (int i = 0; i <= environment.length; i++) {
      if (i == environment.length || environment[i] == 0) {
        if (Arrays.equals(environment, start, i, line, 0, line.length)) {
          return true;
        }
        start = i + 1;
      }
    }
    return false;
  }

  /**
   * What /proc/PID/stat says (proc_pid_stat(5)).
   *
   * @param fields those behind the name: the first is field 3
   */
  private record TaskState(List<String> fields) {
    private static final long PF_KTHREAD = 0x0020_0000;

    static TaskState of(Path task) throws IOException {
      String stat = Files.readString(task.resolve("stat"), StandardCharsets.ISO_8859_1);
      return new TaskState(
          List.of(stat.substring(stat.lastIndexOf(')') + 2).strip().split(" ", -1)));
    }

    private String field(int number) {
      return fields.get(number - 3);
    }

    boolean isKernel() {
      return (Long.parseLong(field(9)) & PF_KTHREAD) != 0;
    }

    boolean isDead() {
      return field(3).equals("Z") || field(3).equals("X");
    }

    int threads() {
      return Integer.parseInt(field(20));
    }

    /** Until exec(2) has put an environment in place, its start and end are 0. */
    boolean hasEmptyEnvironment() {
      return !field(51).equals("0") && field(50).equals(field(51));
    }
  }
}
