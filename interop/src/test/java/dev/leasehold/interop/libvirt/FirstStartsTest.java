// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop.libvirt;

import static dev.leasehold.interop.libvirt.Held.exclusive;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Both hosts want a disk that never had a lease, at the same moment, again and again: through the
 * real libvirt and its real plugin, which take the same way for a disk that is plugged into a
 * running guest as for one that a guest starts with (docs/spec/libvirt-lockd.md 8,
 * libvirt-sanlock.md 4 and 5), without a QEMU to start. {@code -Dleasehold.first.starts=N}: rounds.
 */
@Tag("lab")
@ResourceLock(LibvirtLab.MACHINE)
class FirstStartsTest {
  private static final int ROUNDS = Integer.getInteger("leasehold.first.starts", 40);
  private static final long LEASE_SIZE = 1 << 20;
  private static final String GUEST = "racer";
  private static final List<String> HOSTS = List.of("a", "b");

  @BeforeAll
  static void programs() {
    LibvirtLab.require();
  }

  @ParameterizedTest(name = "{0} and {1}")
  @CsvSource({
    "OURS, OURS",
    "C, OURS",
    "PLUGIN_ON_OURS, PLUGIN_ON_OURS",
    "C, PLUGIN_ON_OURS",
    "OURS, PLUGIN_ON_OURS"
  })
  @Timeout(400)
  void oneValidLeaseOneWinnerOneClearRefusal(HostKind a, HostKind b) throws Exception {
    try (LibvirtLab lab = LibvirtLab.up(a, b)) {
      List<Virsh> sessions = new ArrayList<>();
      try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
        for (String host : HOSTS) {
          lab.define(
              Map.of("LEASE_XML", GuestLife.SCSI), host, GUEST, lab.disk("root-" + host + ".raw"));
          lab.start(host, GUEST).succeeded();
          sessions.add(lab.session(host));
        }
        int[] wins = new int[2];
        for (int round = 0; round < ROUNDS; round++) {
          wins[round(lab, pool, sessions, List.of(a, b), round)]++;
        }
        System.out.println("first starts: " + a + " won " + wins[0] + ", " + b + " " + wins[1]);
        LeaseCheck leases = new LeaseCheck(lab);
        for (int round = 0; round < ROUNDS; round++) {
          leases.watch(path(round));
        }
        leases.noneSoon();
      } finally {
        sessions.forEach(Virsh::close);
      }
      onlyWholeLeases(lab.leases());
    }
  }

  /** Which host won. */
  private static int round(
      LibvirtLab lab, ExecutorService pool, List<Virsh> sessions, List<HostKind> kinds, int round)
      throws Exception {
    String disk = path(round);
    try (RandomAccessFile image = new RandomAccessFile(lab.image(disk).toFile(), "rw")) {
      image.setLength(LEASE_SIZE);
    }
    CyclicBarrier together = new CyclicBarrier(2);
    List<Callable<String>> starts = new ArrayList<>();
    for (Virsh session : sessions) {
      starts.add(
          () -> {
            together.await();
            return session.say("attach-disk " + GUEST + " " + disk + " sda --targetbus scsi");
          });
    }
    List<String> answers = pool.invokeAll(starts).stream().map(Future::resultNow).toList();
    assertThat(answers).as("round %d", round).filteredOn(Virsh::isDone).hasSize(1);
    int winner = Virsh.isDone(answers.getFirst()) ? 0 : 1;
    int loser = 1 - winner;
    kinds.get(loser).assertLostRace(answers.get(loser), disk);
    LeaseCheck leases = new LeaseCheck(lab);
    leases.watch(disk);
    leases.onDiskExactly(exclusive(HOSTS.get(winner), disk));
    String answer = sessions.get(winner).say("detach-disk " + GUEST + " sda");
    assertThat(answer).matches(Virsh::isDone);
    leases.noneOnDiskSoon();
    return winner;
  }

  private static String path(int round) {
    return "/var/lib/libvirt/images/first-" + round + ".raw";
  }

  private static void onlyWholeLeases(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files)
          .allSatisfy(
              file -> {
                assertThat(file.getFileName().toString())
                    .matches("[0-9a-f]{32}|__LIBVIRT__DISKS__");
                assertThat(file).hasSize(LEASE_SIZE);
              });
    }
  }
}
