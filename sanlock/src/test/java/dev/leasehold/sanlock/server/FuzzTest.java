// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.linux.socket.StreamConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mutated requests on many connections: the daemon does not fail, leaks nothing, serves everybody
 * else, and passes nothing on for a process that did not register.
 *
 * <p>{@code -Dleasehold.fuzz.seed=N} repeats a run, {@code -Dleasehold.fuzz.seconds=N} makes it
 * longer.
 */
@Timeout(600)
class FuzzTest {
  private static final long SEED =
      Long.getLong("leasehold.fuzz.seed", new SplittableRandom().nextLong());
  private static final Duration LENGTH =
      Duration.ofSeconds(Integer.getInteger("leasehold.fuzz.seconds", 5));

  @TempDir Path dir;

  @Test
  void nothingThatAClientSendsDoesHarm() throws Exception {
    System.out.println("FuzzTest: -Dleasehold.fuzz.seed=" + SEED);
    RandomGenerator random = new SplittableRandom(SEED);
    Mutator mutator = new Mutator(random, (int) ProcessHandle.current().pid());
    ServerLimits limits =
        ServerLimits.DEFAULT.withTimes(
            Duration.ofSeconds(5), Duration.ofMillis(20), Duration.ofMillis(500));
    SuspiciousEngine engine = new SuspiciousEngine();
    long start = System.nanoTime();
    int rounds = 0;
    try (TestDoor door = new TestDoor(dir, engine.manager(), limits);
        RawClient witness = door.connect().register()) {
      // The mistakes leave enough right that requests get through to the engine; on a busy machine
      // after a while.
      while (System.nanoTime() - start < LENGTH.toNanos() || rounds <= 100 || !reached(engine)) {
        one(door, mutator.next(), random);
        rounds++;
        if (rounds % 20 == 0) {
          assertThat(witness.isAlive()).as("seed %d, round %d", SEED, rounds).isTrue();
        }
      }
      witness.hangUp();
      door.awaitConnections(0);
      assertThat(engine.holders()).as("holders that are left, seed %d", SEED).isEmpty();
      assertThat(door.daemon().lines())
          .as("seed %d", SEED)
          .noneMatch(line -> line.contains("fault in the daemon"));
      assertThat(engine.violations()).as("seed %d", SEED).isEmpty();
      assertThat(door.daemon().ended().getCount()).isEqualTo(1);
    }
  }

  private static boolean reached(SuspiciousEngine engine) {
    return Stream.of("acquire", "release", "addLockspace", "readResource")
        .allMatch(call -> engine.count(call) > 0);
  }

  private static void one(TestDoor door, byte[] bytes, RandomGenerator random) throws IOException {
    try (RawClient client = door.connect()) {
      if (random.nextInt(3) == 0) {
        client.register();
      }
      // In pieces of any size, and not always to the end.
      for (int at = 0; at < bytes.length; ) {
        int piece = Math.min(bytes.length - at, 1 + random.nextInt(2000));
        client.connection().write(bytes, at, piece, Duration.ofSeconds(10));
        at += piece;
      }
      if (random.nextBoolean()) {
        client.connection().shutdownOutput();
        readToTheEnd(client.connection());
      }
    } catch (IOException e) {
      // The daemon has closed: its right, as long as it goes on.
    }
  }

  private static void readToTheEnd(StreamConnection connection) throws IOException {
    byte[] sink = new byte[4096];
    int got = 0;
    while (got != StreamConnection.END) {
      got = connection.read(sink, 0, sink.length, Duration.ofSeconds(10));
    }
  }
}
