// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A listener made by another program, as systemd does it. */
@Timeout(60)
class InheritedListenerTest {
  @TempDir Path dir;

  @Test
  void aListenerIsTakenOverByItsNumber() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "the program perl is missing");
    Path path = dir.resolve("s");
    String program = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String script =
        "use Socket; $^F = 255; socket(S, PF_UNIX, SOCK_STREAM, 0) or die;"
            + " bind(S, sockaddr_un(shift)) or die; listen(S, 4) or die;"
            + " die 'descriptor ' . fileno(S) if fileno(S) != 3;"
            + " $ENV{LISTEN_PID} = $$; $ENV{LISTEN_FDS} = 1; exec @ARGV;";
    Process process =
        new ProcessBuilder(
                List.of(
                    "/usr/bin/perl",
                    "-e",
                    script,
                    path.toString(),
                    program,
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Greeter.class.getName()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (UnixSockets sockets = new UnixSockets();
        StreamConnection client = connected(sockets, path, process)) {
      byte[] greeting = new byte[5];
      assertThat(client.read(greeting, 0, 5, Duration.ofSeconds(50))).isEqualTo(5);
      assertThat(new String(greeting, StandardCharsets.US_ASCII)).isEqualTo("hello");
      assertThat(process.waitFor()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  private static StreamConnection connected(UnixSockets sockets, Path path, Process process)
      throws Exception {
    while (true) {
      try {
        return sockets.connect(path, Duration.ofSeconds(10));
      } catch (IOException e) {
        if (!process.isAlive()) {
          throw e;
        }
      }
    }
  }

  /** Takes the listener over, and greets the first who connects. */
  static final class Greeter {
    private Greeter() {}

    public static void main(String[] arguments) throws Exception {
      try (UnixSockets sockets = new UnixSockets();
          StreamListener listener =
              sockets.inherited(System.getenv(), ProcessHandle.current().pid()).getFirst();
          StreamConnection client = listener.accept()) {
        client.write(new byte[] {'h', 'e', 'l', 'l', 'o'}, 0, 5);
      }
    }
  }
}
