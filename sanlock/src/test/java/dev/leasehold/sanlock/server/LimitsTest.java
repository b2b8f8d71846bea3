// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.sanlock.wire.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How many connections there are, and for whom. */
@Timeout(60)
class LimitsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @TempDir Path dir;
  private final Scripted engine = new Scripted();

  private TestDoor door(int all, int perProcess, Duration idle) throws IOException {
    return new TestDoor(
        dir,
        engine.manager(),
        ServerLimits.DEFAULT.withConnections(all, perProcess, 0).withTimes(idle, SECOND, SECOND));
  }

  @Test
  void oneProcessCannotTakeAllConnections() throws Exception {
    try (TestDoor door = door(100, 3, SECOND)) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        clients.add(door.connect());
        assertThat(clients.getLast().isAlive()).isTrue();
      }
      try (RawClient fourth = door.connect()) {
        assertThat(fourth.isClosedByDaemon()).isTrue();
      }
      door.daemon().awaitLine("has 3 connections already");
      clients.removeFirst().close();
      door.awaitConnections(2);
      clients.add(door.connect());
      assertThat(clients.getLast().isAlive()).isTrue();
      clients.forEach(RawClient::close);
    }
  }

  @Test
  void anIdleConnectionMakesRoomAndAHolderDoesNot() throws Exception {
    try (TestDoor door = door(3, 100, Duration.ZERO);
        RawClient holder = door.connect().register();
        RawClient idle = door.connect()) {
      assertThat(holder.isAlive()).isTrue();
      assertThat(idle.isAlive()).isTrue();
      try (RawClient third = door.connect()) {
        assertThat(third.isAlive()).isTrue();
        try (RawClient fourth = door.connect()) {
          assertThat(fourth.isAlive()).isTrue();
          assertThat(idle.isClosedByDaemon()).isTrue();
          assertThat(holder.isAlive()).isTrue();
        }
      }
    }
  }

  @Test
  void whenAllAreInUseANewOneIsRefusedAndTheOthersGoOn() throws Exception {
    try (TestDoor door = door(3, 100, Duration.ofHours(1))) {
      List<RawClient> holders = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        holders.add(door.connect().register());
        assertThat(holders.getLast().isAlive()).isTrue();
      }
      long start = System.nanoTime();
      for (int i = 0; i < 20; i++) {
        try (RawClient more = door.connect()) {
          assertThat(more.isClosedByDaemon()).isTrue();
        }
      }
      long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
      for (RawClient holder : holders) {
        holder.send(Command.INQUIRE, 0, 0, -1);
        assertThat(holder.result(Command.INQUIRE)).isZero();
      }
      // Said once a second, not twenty times.
      assertThat(door.daemon().lines().stream().filter(line -> line.contains("refused")).count())
          .isBetween(1L, seconds + 2);
      holders.forEach(RawClient::close);
    }
  }

  @Test
  void slotsAreGivenOutFromTheLowest() throws Exception {
    try (TestDoor door = door(10, 10, SECOND);
        RawClient one = door.connect();
        RawClient two = door.connect()) {
      assertThat(one.isAlive()).isTrue();
      assertThat(two.isAlive()).isTrue();
      one.hangUp();
      door.awaitConnections(1);
      try (RawClient three = door.connect()) {
        three.send(Command.STATUS, 0, 2, 0);
        assertThat(three.reply(Command.STATUS).toString()).contains("ci=2 ").contains("ci=3 ");
      }
    }
  }

  @Test
  void aThousandClientsAreServedAtOnce() throws Exception {
    try (TestDoor door = door(2000, 2000, SECOND)) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 1100; i++) {
        clients.add(door.connect().register());
      }
      for (RawClient client : clients) {
        client.send(Command.INQUIRE, 0, 0, -1);
      }
      for (RawClient client : clients) {
        assertThat(client.result(Command.INQUIRE)).isZero();
      }
      clients.forEach(RawClient::close);
      engine.awaitCalls("unregister", 1100);
      door.awaitConnections(0);
    }
  }
}
