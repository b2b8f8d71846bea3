// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon;

import dev.leasehold.linux.HostLimits;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Running without a terminal. A JVM cannot fork, so the same command is started once more, told to
 * be the daemon, and waited for until it serves: so a script may use it in its next line.
 *
 * <p>As with the original (docs/spec/wire.md 7.6) the exit code of who starts it is 0 even if the
 * daemon then fails, e.g. because another one runs; but here its reason is shown.
 */
final class Background {
  private static final String MARK = "LEASEHOLD_IN_BACKGROUND";
  private static final String READY = "ready";

  private Background() {}

  static boolean isInside(Environment environment) {
    return environment.variables().containsKey(MARK);
  }

  @SuppressWarnings("SystemOut") // whoever started it reads this
  static int launch() {
    ProcessBuilder builder =
        new ProcessBuilder(commandLine())
            .redirectInput(Redirect.from(new File("/dev/null")))
            .redirectError(Redirect.DISCARD);
    builder.environment().put(MARK, "1");
    try {
      Process process = builder.start();
      try (InputStream told = process.getInputStream()) {
        String words = new String(told.readAllBytes(), StandardCharsets.UTF_8).strip();
        if (!words.equals(READY)) {
          System.err.println("the daemon did not start: " + words);
        }
      }
      return 0;
    } catch (IOException e) {
      System.err.println("the daemon cannot be started: " + e.getMessage());
      return 1;
    }
  }

  private static List<String> commandLine() {
    try {
      // ProcessHandle gives it up to a page only, and a class path may be longer.
      String all = Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.UTF_8);
      List<String> words = new ArrayList<>(List.of(all.split("\0", -1)));
      words.removeLast();
      words.set(0, Files.readSymbolicLink(Path.of("/proc/self/exe")).toString());
      return words;
    } catch (IOException e) {
      throw new IllegalStateException("/proc is not mounted", e);
    }
  }

  static void enter() {
    HostLimits.leaveTerminal();
  }

  /** Lets whoever started it go on. */
  static void ready() {
    tell(READY);
  }

  static void failed(String words) {
    tell(words);
  }

  @SuppressWarnings("SystemOut") // a pipe to whoever started it
  private static void tell(String words) {
    System.out.println(words);
    System.out.close();
  }
}
