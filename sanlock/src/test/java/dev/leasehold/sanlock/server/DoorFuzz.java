// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.linux.socket.StreamConnection;
import dev.leasehold.sanlock.Recording;
import dev.leasehold.sanlock.wire.Header;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What Jazzer calls with one input after the other: the first byte says whether the client
 * registers, the others are what it sends. The decoder and the state machine of a connection run as
 * in the daemon, behind a real socket.
 */
public final class DoorFuzz {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int SHUTDOWN = 4;
  private static final int SHUTDOWN_WAIT = 29;
  private static final SuspiciousEngine ENGINE = new SuspiciousEngine();
  private static final TestDoor DOOR = open();

  private DoorFuzz() {}

  private static TestDoor open() {
    try {
      return new TestDoor(
          directory(),
          ENGINE.manager(),
          ServerLimits.DEFAULT.withTimes(
              Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(5)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Short enough for a socket; gone with the JVM, after the socket. */
  private static Path directory() throws IOException {
    Path directory = Files.createTempDirectory("lhf");
    directory.toFile().deleteOnExit();
    directory.resolve("sanlock.sock").toFile().deleteOnExit();
    return directory;
  }

  /** Called by Jazzer; whatever it throws is a finding. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    if (input.length == 0 || endsTheDaemon(input)) {
      return;
    }
    try (RawClient client = DOOR.connect()) {
      converse(client, input);
    }
    DOOR.awaitConnections(0);
    check(ENGINE.violations(), "asked for somebody who is not registered");
    check(List.copyOf(ENGINE.holders()), "still registered");
    check(
        DOOR.daemon().lines().stream().filter(line -> line.contains("fault in the")).toList(),
        "faults");
  }

  /** What ends a daemon on purpose is no mistake. */
  private static boolean endsTheDaemon(byte[] input) {
    ByteBuffer bytes = ByteBuffer.wrap(input).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 1; at + Header.SIZE <= input.length; at++) {
      int command = bytes.getInt(at + 8);
      if (bytes.getInt(at) == Header.MAGIC && (command == SHUTDOWN || command == SHUTDOWN_WAIT)) {
        return true;
      }
    }
    return false;
  }

  private static void converse(RawClient client, byte[] input) {
    try {
      if (input[0] % 2 != 0) {
        client.register();
      }
      StreamConnection connection = client.connection();
      connection.write(input, 1, input.length - 1, LIMIT);
      connection.shutdownOutput();
      byte[] sink = new byte[4096];
      while (connection.read(sink, 0, sink.length, LIMIT) != StreamConnection.END) {}
    } catch (IOException e) {
      // The daemon has closed: its right, as long as it goes on.
    }
  }

  private static void check(List<?> found, String what) {
    if (!found.isEmpty()) {
      throw new AssertionError(what + ": " + found);
    }
  }

  /** Writes the recorded requests as first inputs. */
  static void seeds(Path corpus) throws IOException {
    int count = 0;
    for (String name : Recording.names()) {
      for (Recording.Connection connection : Recording.read(name).connections()) {
        byte[] sent = connection.sent();
        byte[] seed = new byte[sent.length + 1];
        seed[0] = (byte) (count % 2);
        System.arraycopy(sent, 0, seed, 1, sent.length);
        Files.write(corpus.resolve("seed" + count++), seed);
      }
    }
  }
}
