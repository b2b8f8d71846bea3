// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.watchdog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The ioctls of the device adapter. A plain file stands in for the device: strace answers the
 * ioctls in the kernel's place, and writes down what is done to that file and to no other.
 */
@Timeout(60)
class KernelWatchdogTest {
  private static final Path STRACE = Path.of("/usr/bin/strace");
  private static final Pattern CALL = Pattern.compile("(openat|ioctl|write|close)\\((.*)\\) += .*");

  @TempDir Path dir;

  /** What the traced process does: one device stopped in order, one left to fire. */
  static final class Main {
    private Main() {}

    public static void main(String[] args) throws IOException {
      WatchdogDevice device = KernelWatchdog.open(args[0]);
      System.out.println("in force " + device.fireTimeout(60));
      device.ping();
      device.disarm();
      device = KernelWatchdog.open(args[0]);
      device.ping();
      device.abandon();
    }
  }

  /** The calls on the device, in order, without descriptor numbers. */
  private List<String> calls(Path device, String answer) throws Exception {
    Path trace = dir.resolve("trace");
    List<String> command =
        List.of(
            STRACE.toString(),
            "-f",
            "-qq",
            "-o",
            trace.toString(),
            "-P",
            device.toString(),
            "-e",
            "trace=openat,ioctl,write,close",
            "-e",
            "inject=ioctl:" + answer,
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            device.toString());
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("out").toFile())
            .start();
    try {
      process.waitFor();
    } finally {
      process.destroyForcibly();
    }
    List<String> calls = new ArrayList<>();
    for (String line : Files.readAllLines(trace)) {
      Matcher call = CALL.matcher(line.substring(line.indexOf(' ') + 1).strip());
      if (call.matches()) {
        String arguments = call.group(2).replaceFirst("^\\d+(, )?", "");
        calls.add((call.group(1) + " " + arguments).strip());
      }
    }
    return calls;
  }

  private Path device() throws IOException {
    return Files.createFile(dir.resolve("watchdog"));
  }

  private static void needsStrace() {
    assumeTrue(Files.isExecutable(STRACE), "the program strace is missing");
  }

  @Test
  void isSetAskedPingedAndStoppedByItsMagicCharacter() throws Exception {
    needsStrace();
    Path device = device();
    // The answer to every ioctl: success, and 60 where a number is asked for.
    List<String> calls = calls(device, "retval=0:poke_exit=@arg3=3c000000");
    String opened = "openat AT_FDCWD, \"" + device + "\", O_WRONLY|O_CLOEXEC";
    assertThat(calls)
        .containsExactly(
            opened,
            "ioctl WDIOC_SETTIMEOUT, [60]",
            "ioctl WDIOC_GETTIMEOUT, [60]",
            "ioctl WDIOC_KEEPALIVE",
            "write \"V\", 1",
            "close",
            opened,
            "ioctl WDIOC_KEEPALIVE",
            "close");
    assertThat(Files.readString(dir.resolve("out"))).isEqualTo("in force 60\n");
    assertThat(Files.readString(device)).isEqualTo("V");
  }

  @Test
  void aDeviceThatRefusesIsNamed() throws Exception {
    needsStrace();
    Path device = device();
    calls(device, "error=ENOTTY");
    assertThat(Files.readString(dir.resolve("out")))
        .contains("IOException: " + device + " cannot be set: ");
  }
}
