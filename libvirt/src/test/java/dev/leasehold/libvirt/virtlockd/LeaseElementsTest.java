// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.virtlockd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.LockspaceFormat;
import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.resource.DiskLocation;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.libvirt.rpc.LockCall;
import dev.leasehold.libvirt.rpc.RpcError;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.Name;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code <lease>} elements of a guest's XML, in a lockspace that was joined by other means
 * (docs/libvirt.md). The lockspace of the disks is not needed for them, and not joined here.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LeaseElementsTest {
  private static final String LOCKSPACE = "LS1";

  @TempDir private static Path directory;
  private TestDoor one;
  private TestDoor two;

  @BeforeAll
  void twoHosts() throws Exception {
    one = host(1);
    two = host(2);
    Path space = Files.write(directory.resolve("space"), new byte[1 << 20]);
    one.manager.formatLockspace(
        new LockspaceFormat(Name.of(LOCKSPACE), space.toString(), 0, Geometry.SECTOR_512, 3));
    for (TestDoor door : new TestDoor[] {one, two}) {
      door.manager.startAddLockspace(spec(door, space), JoinOptions.DEFAULT.withIoTimeout(3));
    }
    for (TestDoor door : new TestDoor[] {one, two}) {
      door.manager.awaitLockspace(spec(door, space), Duration.ofSeconds(60));
    }
  }

  private LockspaceSpec spec(TestDoor door, Path space) {
    return LockspaceSpec.of(LOCKSPACE, door == one ? 1 : 2, space.toString());
  }

  private static TestDoor host(int id) throws IOException {
    return new TestDoor(
        Files.createDirectory(directory.resolve("kvm" + id)),
        directory,
        "kvm" + id,
        new TestDoor.Setting(id, true, false, false));
  }

  @AfterAll
  void end() {
    one.close();
    two.close();
    assertThat(one.failures).isEmpty();
    assertThat(two.failures).isEmpty();
  }

  /** As "sanlock direct init -r LS1:KEY:FILE:0" makes it. */
  private Path lease(String key) throws Exception {
    Path file = Files.write(directory.resolve(key + ".lease"), new byte[1 << 20]);
    one.manager.writeResource(
        ResourceLocation.of(ResourceId.of(LOCKSPACE, key), DiskLocation.of(file.toString())),
        Geometry.SECTOR_512,
        0,
        false);
    return file;
  }

  private static LeaderRecord record(Path file) throws IOException {
    return LeaderRecord.decode(MemorySegment.ofArray(Files.readAllBytes(file)), 0);
  }

  private static Optional<RpcError> acquire(LibvirtClient client, Path file, String key, int flags)
      throws IOException {
    return client.call(new LockCall.AcquireResource(file + "/" + LOCKSPACE, key, flags));
  }

  private static Optional<RpcError> release(LibvirtClient client, Path file, String key)
      throws IOException {
    return client.call(new LockCall.ReleaseResource(file + "/" + LOCKSPACE, key, 0));
  }

  private static void isRefusedAsBusy(Optional<RpcError> answer, String key) {
    assertThat(answer.map(RpcError::code)).hasValue(RpcError.RESOURCE_BUSY);
    assertThat(answer.flatMap(RpcError::message).orElse(""))
        .matches("resource busy: resource LS1:" + key + " is in (shared )?use.*");
  }

  @Test
  void isHeldAndKeepsOthersOutUntilItIsDetached() throws Exception {
    Path file = lease("attached");
    try (LibvirtClient guest = one.connect().register("web1", one.guest().pid());
        LibvirtClient beside = one.connect().register("web2", one.guest().pid());
        LibvirtClient elsewhere = two.connect().register("web3", two.guest().pid())) {
      assertThat(acquire(guest, file, "attached", 0)).isEmpty();
      assertThat(record(file).ownerId()).isEqualTo(1);
      assertThat(record(file).isFree()).isFalse();
      isRefusedAsBusy(acquire(beside, file, "attached", 0), "attached");
      isRefusedAsBusy(acquire(elsewhere, file, "attached", 0), "attached");
      // A lease of another key is another lease.
      assertThat(acquire(elsewhere, lease("other"), "other", 0)).isEmpty();
      assertThat(release(guest, file, "attached")).isEmpty();
      assertThat(record(file).isFree()).isTrue();
      assertThat(acquire(elsewhere, file, "attached", 0)).isEmpty();
      assertThat(record(file).ownerId()).isEqualTo(2);
    }
  }

  @Test
  void isFreedWhenTheGuestEnds() throws Exception {
    Path file = lease("ended");
    Process web = one.guest();
    try (LibvirtClient helper = one.connect().register("web1", web.pid())) {
      assertThat(acquire(helper, file, "ended", 0)).isEmpty();
    }
    // That connection was libvirt's, not the guest's.
    try (LibvirtClient elsewhere = two.connect().register("web3", two.guest().pid())) {
      isRefusedAsBusy(acquire(elsewhere, file, "ended", 0), "ended");
      web.destroyForcibly().waitFor();
      long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (acquire(elsewhere, file, "ended", 0).isPresent()) {
        assertThat(System.nanoTime()).isLessThan(end);
        Thread.sleep(20);
      }
      assertThat(record(file).ownerId()).isEqualTo(2);
    }
  }

  @Test
  void isSharedByThoseThatAskForThat() throws Exception {
    Path file = lease("shared");
    try (LibvirtClient guest = one.connect().register("web1", one.guest().pid());
        LibvirtClient elsewhere = two.connect().register("web3", two.guest().pid());
        LibvirtClient alone = two.connect().register("web4", two.guest().pid())) {
      assertThat(acquire(guest, file, "shared", LockCall.SHARED)).isEmpty();
      assertThat(acquire(elsewhere, file, "shared", LockCall.SHARED)).isEmpty();
      isRefusedAsBusy(acquire(alone, file, "shared", 0), "shared");
    }
  }

  /** A name that is wrong by a letter must not be taken for the lease that is there. */
  @Test
  void aFileWithAnotherLeaseOrNoneIsRefusedAndLeftAlone() throws Exception {
    Path file = lease("right");
    byte[] before = Files.readAllBytes(file);
    Path empty = Files.write(directory.resolve("empty.lease"), new byte[1 << 20]);
    try (LibvirtClient guest = one.connect().register("web1", one.guest().pid())) {
      assertThat(acquire(guest, file, "wrong", 0).flatMap(RpcError::message).orElse("granted"))
          .contains("resource LS1:wrong")
          .contains(file.toString());
      assertThat(acquire(guest, empty, "right", 0).flatMap(RpcError::message).orElse("granted"))
          .contains("resource LS1:right")
          .contains(empty.toString());
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    assertThat(Files.readAllBytes(empty)).isEqualTo(new byte[1 << 20]);
  }
}
