// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.sanlock.client.LeasePlace;
import dev.leasehold.sanlock.client.LeaseWish;
import dev.leasehold.sanlock.client.RegisteredProcess;
import dev.leasehold.sanlock.client.ResourceRef;
import dev.leasehold.sanlock.client.SanlockClient;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of a daemon: start, end, and what a killed one leaves behind. */
class SanlockDaemonTest {
  @TempDir Path dir;

  private String lockspace() {
    return "LS:1:" + dir.resolve("ls") + ":0";
  }

  private ResourceRef resource() {
    return ResourceRef.of("LS", "RA", LeasePlace.of(dir.resolve("res").toString()));
  }

  private void join(TestDaemon daemon) throws IOException {
    for (String file : List.of("ls", "res")) {
      try (RandomAccessFile sparse = new RandomAccessFile(dir.resolve(file).toFile(), "rw")) {
        sparse.setLength(1 << 20);
      }
    }
    daemon.ours("client", "init", "-s", lockspace(), "-o", "1");
    daemon.ours("client", "init", "-r", "LS:RA:" + dir.resolve("res") + ":0");
    assertThat(daemon.ours("client", "add_lockspace", "-s", lockspace(), "-o", "1"))
        .endsWith("done 0\n");
  }

  @Test
  void endsBySignalOnlyIfNothingIsJoined() throws Exception {
    try (TestDaemon daemon = TestDaemon.start(dir)) {
      join(daemon);
      daemon.signal("TERM");
      TestDaemon.until("the refusal", () -> daemon.log().contains("not ended"));
      assertThat(daemon.ours("client", "gets")).startsWith("s LS:1:");
      assertThat(daemon.ours("client", "rem_lockspace", "-s", lockspace())).endsWith("done 0\n");
      daemon.signal("TERM");
      assertThat(daemon.code()).isZero();
    }
  }

  /** Without metrics_listen, too: nobody serves anything here but the sanlock socket. */
  @Test
  void logsItsEvents() throws Exception {
    try (TestDaemon daemon = TestDaemon.start(dir)) {
      join(daemon);
      String joined = "event=lockspace_joined lockspace=\"LS\" host_id=1 generation=1 msg=";
      TestDaemon.until("the line of the join", () -> daemon.log().contains(joined));
      assertThat(daemon.ours("client", "rem_lockspace", "-s", lockspace())).endsWith("done 0\n");
      String left = "event=lockspace_left lockspace=\"LS\" msg=";
      TestDaemon.until("the line of the leaving", () -> daemon.log().contains(left));
      assertThat(daemon.ours("client", "log_dump")).contains(joined, left);
    }
  }

  @Test
  void onlyOneServesARunDirectory() throws Exception {
    try (TestDaemon first = TestDaemon.start(dir);
        TestDaemon second = TestDaemon.begin(dir)) {
      assertThat(second.code()).isEqualTo(1);
      assertThat(second.log()).contains("another daemon runs on");
      assertThat(first.ours("client", "gets")).isEmpty();
      Path socket = dir.resolve("run/sanlock.sock");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
          .isEqualTo("rw-rw----");
      assertThat(Files.readString(dir.resolve("run/sanlock.pid")))
          .isEqualTo(first.process().pid() + "\n");
    }
  }

  @Test
  void saysLoudlyThatThereIsNoWatchdog() throws Exception {
    try (TestDaemon daemon = TestDaemon.start(dir)) {
      assertThat(daemon.log()).contains("NO WATCHDOG");
      assertThat(daemon.ours("client", "status", "-D")).contains("watchdog_protects=0");
      assertThat(daemon.ours("client", "log_dump")).contains("NO WATCHDOG");
    }
  }

  @Test
  void aHolderOfAKilledDaemonIsStopped() throws Exception {
    Process holder;
    try (TestDaemon killed = TestDaemon.start(dir, "-e", "first")) {
      join(killed);
      holder =
          TestDaemon.launch(
              dir.resolve("run"),
              dir.resolve("holder.log"),
              List.of(
                  "sanlock",
                  "client",
                  "command",
                  "-r",
                  "LS:RA:" + dir.resolve("res") + ":0",
                  "-c",
                  "/bin/sh",
                  "-c",
                  "trap '' TERM; while :; do sleep 0.1; done"));
      TestDaemon.until(
          "the lease", () -> killed.ours("client", "status").contains(" p " + holder.pid()));
      TestDaemon.until(
          "the program", () -> holder.toHandle().info().command().orElse("").contains("sh"));
    }
    assertThat(holder.isAlive()).isTrue();
    try (TestDaemon next = TestDaemon.start(dir, "-e", "second", "-g", "2")) {
      assertThat(next.log()).contains("process " + holder.pid() + " still has leases in LS");
      holder.waitFor();
      TestDaemon.until("the end", () -> next.log().contains("its leases are safe"));
      assertThat(Files.readString(dir.resolve("run/leasehold.holders"))).contains("boot");
    } finally {
      holder.destroyForcibly();
    }
  }

  @Test
  void aReleasedLeaseLeavesNothingBehind() throws Exception {
    try (TestDaemon daemon = TestDaemon.start(dir)) {
      join(daemon);
      Path journal = dir.resolve("run/leasehold.holders");
      try (RegisteredProcess holder = SanlockClient.of(daemon.environment()).register()) {
        holder.acquire(LeaseWish.exclusive(resource()));
        String line = "held " + ProcessHandle.current().pid() + " ";
        assertThat(Files.readString(journal)).contains(line);
        holder.releaseAll();
        assertThat(Files.readString(journal)).doesNotContain("held");
      }
    }
  }

  @Test
  void aJournalThatCannotBeReadStopsTheStart() throws Exception {
    Files.createDirectory(dir.resolve("run"));
    Files.writeString(dir.resolve("run/leasehold.holders"), "leasehold-holders 1\nboot x\n");
    try (TestDaemon daemon = TestDaemon.begin(dir)) {
      assertThat(daemon.code()).isEqualTo(1);
      assertThat(daemon.log()).contains("cannot be understood");
    }
  }

  @Test
  void aWordIsNoNumber() throws Exception {
    try (TestDaemon daemon = TestDaemon.begin(dir, "-w", "yes")) {
      assertThat(daemon.code()).isEqualTo(1);
      assertThat(daemon.log()).isEqualTo("-w is \"yes\", expected a number\n");
    }
  }
}
