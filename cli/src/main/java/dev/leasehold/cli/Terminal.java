// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a command writes: answers to standard output, everything else to standard error. Progress
 * is shown only if standard error is a terminal. Thread-safe.
 */
public final class Terminal {
  private static final String PREFIX = "leasehold: ";
  private static final String ERASE = "\r\033[K";

  /** A progress line that needed two lines could not be erased. */
  private static final int PROGRESS_WIDTH = 79;

  private final PrintStream out;
  private final PrintStream err;
  private final boolean showsProgress;
  private boolean progressShown;

  /**
   * @param showsProgress whether {@code err} can erase a line
   */
  public Terminal(PrintStream out, PrintStream err, boolean showsProgress) {
    this.out = out;
    this.err = err;
    this.showsProgress = showsProgress;
  }

  /** The terminal of this process. */
  public static Terminal ofProcess() {
    return new Terminal(System.out, System.err, errIsTerminal());
  }

  /** Asked of /proc: System.console() would load much more than this command needs. */
  private static boolean errIsTerminal() {
    if ("dumb".equals(System.getenv("TERM"))) {
      return false;
    }
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException e) {
      return false;
    }
  }

  /** Where answers go, for commands that print line by line. */
  public PrintStream out() {
    return out;
  }

  /** Part of the answer: as it is. */
  public synchronized void print(String text) {
    endProgress();
    out.print(text);
  }

  /** A message for people: each line after the first is indented. */
  public synchronized void say(String message) {
    endProgress();
    err.println(
        PREFIX + Printable.lines(message).replace("\n", "\n" + " ".repeat(PREFIX.length())));
  }

  /** Whether {@link #progress} shows anything. */
  public boolean showsProgress() {
    return showsProgress;
  }

  /** Shows or replaces the line that says what is being waited for; nothing if not a terminal. */
  public synchronized void progress(String line) {
    if (showsProgress) {
      String whole = PREFIX + Printable.line(line);
      err.print(ERASE + whole.substring(0, Math.min(PROGRESS_WIDTH, whole.length())));
      err.flush();
      progressShown = true;
    }
  }

  /** Erases the progress line. */
  public synchronized void endProgress() {
    if (progressShown) {
      err.print(ERASE);
      err.flush();
      progressShown = false;
    }
  }

  /** Sends everything on its way; to be called before the process ends. */
  public synchronized void flush() {
    endProgress();
    out.flush();
    err.flush();
  }
}
