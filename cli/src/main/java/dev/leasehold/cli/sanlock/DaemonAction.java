// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import dev.leasehold.daemon.DaemonProcess;
import dev.leasehold.daemon.Environment;
import dev.leasehold.daemon.SanlockDoor;
import dev.leasehold.daemon.config.BadOption;
import dev.leasehold.daemon.config.OptionsBuilder;
import dev.leasehold.daemon.config.SanlockConf;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * {@code sanlock daemon} (docs/spec/algorithms.md 7.1): serves the sanlock door and nothing else.
 */
final class DaemonAction {
  private static final String OTHER_FILE = "LEASEHOLD_SANLOCK_CONF";
  private static final int EVERYTHING = 7;

  /** Options of the daemon whose value is a number. */
  private static final String NUMBERED = "QRHLStgowhlba";

  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,9}");

  private DaemonAction() {}

  static int run(Line line, Map<String, String> environment, PrintStream out) {
    OptionsBuilder options = new OptionsBuilder();
    try {
      String file = environment.getOrDefault(OTHER_FILE, SanlockConf.DEFAULT.toString());
      SanlockConf.read(Path.of(file), options);
      take(line, options);
    } catch (BadOption e) {
      out.println(e.words());
      return 1;
    }
    return DaemonProcess.run(
        options.build(), Environment.of(environment), EVERYTHING, List.of(SanlockDoor::new));
  }

  private static void take(Line line, OptionsBuilder options) throws BadOption {
    options.foreground(line.debug());
    for (char letter : line.options().keySet()) {
      take(line, letter, options);
    }
  }

  private static void take(Line line, char letter, OptionsBuilder options) throws BadOption {
    String text = line.text(letter).orElse("");
    // The original takes a word for 0, and "-w yes" for no watchdog.
    if (NUMBERED.indexOf(letter) >= 0 && !NUMBER.matcher(text).matches()) {
      throw new BadOption("-" + letter + " is \"" + text + "\", expected a number");
    }
    int number = line.number(letter, 0);
    switch (letter) {
      case 'Q' -> options.quietFail(number != 0);
      case 'R' -> options.debugRenew(number != 0);
      case 'H' -> options.renewalHistorySize(number);
      case 'L' -> options.logFilePriority(number);
      case 'S' -> options.syslogPriority(number);
      case 'U' -> options.user(text);
      case 'G' -> options.group(text);
      case 't' -> options.maxWorkerThreads(number);
      case 'g' -> options.gracePeriod(number);
      case 'o' -> options.ioTimeout(number);
      case 'w' -> options.useWatchdog(number != 0);
      case 'h' -> options.highPriority(number != 0);
      case 'l' -> options.mlockLevel(number);
      case 'b' -> options.setBitmapSeconds(number);
      case 'e' -> options.hostName(text);
      case 'a' -> options.useAio(number != 0);
      default -> {} // what other actions use
    }
  }
}
