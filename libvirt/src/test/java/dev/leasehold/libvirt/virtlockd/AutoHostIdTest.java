// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.virtlockd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.LockspaceView;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.libvirt.naming.LeaseName;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.Name;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code host_id = "auto"}, the default: nobody gives hosts numbers (docs/configuration.md). */
@Execution(ExecutionMode.CONCURRENT)
class AutoHostIdTest {
  private static final TestDoor.Setting AUTO = new TestDoor.Setting(0, true, false, false);

  @TempDir private Path directory;
  private Path leases;

  @BeforeEach
  void leaseDirectory() throws IOException {
    leases = Files.createDirectory(directory.resolve("leases"));
  }

  /** The same host each time that it has the same name. */
  private TestDoor start(String host) throws IOException {
    TestDoor door =
        new TestDoor(Files.createDirectories(directory.resolve(host)), leases, host, AUTO);
    door.leases.start();
    return door;
  }

  /** Starts a guest and says which host id its lease has on the disk. */
  private long hostIdOfAGuest(TestDoor door, String disk) throws IOException {
    try (LibvirtClient client = door.connect().register("guest", door.guest().pid())) {
      assertThat(client.acquire(disk)).isEmpty();
      byte[] lease = Files.readAllBytes(leases.resolve(LeaseName.ofPath(disk)));
      long owner = LeaderRecord.decode(MemorySegment.ofArray(lease), 0).ownerId();
      assertThat(joined(door).orElseThrow().spec().hostId()).isEqualTo(owner);
      return owner;
    }
  }

  private static Optional<LockspaceView> joined(TestDoor door) {
    return door.manager.lockspace(Name.of(LeaseholdConfig.LOCKSPACE));
  }

  @Test
  void hostsTakeTheLowestFreeIdAndComeBackWithTheirLast() throws IOException {
    try (TestDoor one = start("kvm1")) {
      // The lockspace is being made and joined, which takes two io timeouts: the request waits.
      assertThat(joined(one)).isEmpty();
      assertThat(hostIdOfAGuest(one, "/srv/1.raw")).isEqualTo(1);
      try (TestDoor two = start("kvm2")) {
        assertThat(hostIdOfAGuest(two, "/srv/2.raw")).isEqualTo(2);
      }
    }
    // Now 1 is free as well.
    try (TestDoor two = start("kvm2")) {
      assertThat(hostIdOfAGuest(two, "/srv/2.raw")).isEqualTo(2);
      try (TestDoor three = start("kvm3")) {
        assertThat(hostIdOfAGuest(three, "/srv/3.raw")).isEqualTo(1);
        // The last one is only a preference.
        try (TestDoor one = start("kvm1")) {
          assertThat(hostIdOfAGuest(one, "/srv/1.raw")).isEqualTo(3);
        }
      }
    }
  }

  @Test
  void hostsThatStartTogetherGetDifferentIds() throws IOException {
    try (TestDoor one = start("kvm1");
        TestDoor two = start("kvm2")) {
      assertThat(hostIdOfAGuest(one, "/srv/1.raw")).isNotEqualTo(hostIdOfAGuest(two, "/srv/2.raw"));
    }
  }
}
