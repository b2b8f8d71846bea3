// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import static dev.leasehold.engine.resource.FakeHost.exclusive;
import static dev.leasehold.engine.resource.FakeHost.shared;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.holder.Lifetime;
import dev.leasehold.engine.port.Tasks;
import dev.leasehold.engine.resource.fake.Fault;
import dev.leasehold.engine.resource.fake.Op;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.ondisk.ErrorCode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Every row of the table in docs/spec/algorithms.md 3.7, and what stands beside it. */
class LocalStatesTest {
  private static final AcquireOptions PLAIN = AcquireOptions.DEFAULT;

  @Test
  void anExclusiveLeaseIsOnTheDiskWhenItIsGrantedAndFreeWhenItIsReleased() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          assertThat(host.granted(holder, exclusive("a")))
              .containsExactly(new HeldLease(0, World.at("a"), HoldMode.EXCLUSIVE, 1));
          world.assertOwner("a", host);
          host.release(holder, "a");
          world.assertFree("a");
          host.assertClean();
          assertThat(world.storage.openStores()).isZero();
        });
  }

  @Test
  void beingReleased() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          HolderId other = host.holder(11);
          host.granted(holder, exclusive("a"));
          world.passMillis(100);
          world.storage.always(op -> op.kind() == Op.Kind.WRITE, Fault.HANG);
          Tasks.Task releasing =
              world.time.start("release", () -> quietly(() -> host.release(holder, "a")));
          world.passMillis(100);
          assertThat(host.state("a")).contains(LeaseState.RELEASING);
          host.refused(other, ErrorCode.EAGAIN, exclusive("a"));
          host.refused(other, ErrorCode.EAGAIN, shared("a"));
          world.storage.heal();
          world.storage.unhang();
          assertThat(releasing.join(Duration.ofSeconds(60))).isTrue();
          world.pass(60);
          host.granted(other, exclusive("a"));
        });
  }

  @Test
  void beingAcquired() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          HolderId other = host.holder(11);
          world.storage.once(
              op -> op.kind() == Op.Kind.READ, new Fault.Slow(Duration.ofSeconds(5)));
          Tasks.Task acquiring =
              world.time.start("acquire", () -> host.granted(holder, exclusive("a")));
          world.pass(1);
          assertThat(host.state("a")).contains(LeaseState.ACQUIRING);
          assertThat(host.refused(other, ErrorCode.EBUSY, exclusive("a")).message())
              .contains("pid 10");
          acquiring.join(Duration.ofSeconds(60));
        });
  }

  @Test
  void heldSharedAndWantedSharedIsGrantedWithoutIo() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId one = host.holder(10);
          HolderId two = host.holder(11);
          host.granted(one, shared("a"));
          world.pass(1);
          long before = world.storage.log().size();
          assertThat(host.granted(two, shared("a"))).hasSize(1);
          assertThat(host.granted(two, shared("a")))
              .first()
              .extracting(HeldLease::slot)
              .isEqualTo(1);
          assertThat(world.storage.log()).hasSize((int) before);
          // Each token needs its own release; the disk is written with the last one.
          host.release(one, "a");
          host.release(two, "a");
          assertThat(world.sector("a", 1).mode().isShared()).isTrue();
          host.release(two, "a");
          assertThat(world.sector("a", 1).mode().isShared()).isFalse();
          host.assertClean();
        });
  }

  @Test
  void heldOtherwise() throws Exception {
    World.run(
        world -> {
          world.format("a", "b");
          FakeHost host = world.host(1);
          HolderId one = host.holder(10);
          HolderId two = host.holder(11);
          host.granted(one, exclusive("a"), shared("b"));
          for (HolderId holder : new HolderId[] {one, two}) {
            host.refused(holder, ErrorCode.EEXIST, exclusive("a"));
            host.refused(holder, ErrorCode.EEXIST, shared("a"));
            host.refused(holder, ErrorCode.EEXIST, exclusive("b"));
          }
          assertThat(host.holds(one)).containsExactly("a", "b");
        });
  }

  @Test
  void anOrphanWithoutFlag() throws Exception {
    World.run(
        world -> {
          FakeHost host = orphaned(world, exclusive("a"));
          HolderId holder = host.holder(11);
          host.refused(holder, ErrorCode.EUCLEAN, exclusive("a"));
        });
  }

  @Test
  void anOrphanOfTheOtherMode() throws Exception {
    World.run(
        world -> {
          FakeHost host = orphaned(world, exclusive("a"));
          HolderId holder = host.holder(11);
          host.refused(holder, PLAIN.adoptingOrphans(), ErrorCode.EUCLEAN, shared("a"));
          host.refused(holder, PLAIN.onlyOrphans(), ErrorCode.EUCLEAN, shared("a"));
          assertThat(host.state("a")).contains(LeaseState.ORPHAN);
        });
  }

  @Test
  void anOrphanIsAdoptedWithoutTouchingTheLease() throws Exception {
    World.run(
        world -> {
          for (AcquireOptions options :
              new AcquireOptions[] {PLAIN.adoptingOrphans(), PLAIN.onlyOrphans()}) {
            FakeHost host = orphaned(world, exclusive("a"));
            HolderId holder = host.holder(11);
            byte[] head = java.util.Arrays.copyOf(world.storage.content(World.path("a")), 4096);
            assertThat(host.granted(holder, options, exclusive("a"))).hasSize(1);
            assertThat(world.storage.content(World.path("a"))).startsWith(head);
            assertThat(host.state("a")).contains(LeaseState.HELD);
            host.release(holder, "a");
            world.assertFree("a");
          }
        });
  }

  @Test
  void orphanOnlyWithoutOrphanIsRefusedWithoutIo() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.refused(holder, PLAIN.onlyOrphans(), ErrorCode.ENOENT, exclusive("a"));
          host.refused(holder, PLAIN.onlyOrphans().withLvb(), ErrorCode.ENOENT, exclusive("a"));
          assertThat(world.storage.log()).isEmpty();
          host.assertClean();
        });
  }

  @Test
  void theSameResourceTwiceInOneCall() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.refused(holder, ErrorCode.EEXIST, exclusive("a"), exclusive("a"));
          assertThat(host.holds(holder)).isEmpty();
          world.assertFree("a");
          host.assertClean();
          assertThat(host.granted(holder, shared("a"), shared("a"))).hasSize(2);
        });
  }

  @Test
  void theSameProcessMayAskAgainIfItSaysSo() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          HolderId again =
              host.engine.register(10, Lifetime.PROCESS, HolderLabel.command("second connection"));
          HolderId stranger = host.holder(11);
          host.granted(holder, exclusive("a"));
          world.pass(1);
          int before = world.storage.log().size();
          AcquireOptions reentrant = PLAIN.reentering();
          assertThat(host.granted(holder, reentrant, exclusive("a")))
              .first()
              .extracting(HeldLease::slot)
              .isEqualTo(0);
          assertThat(host.granted(again, reentrant, exclusive("a"))).hasSize(1);
          assertThat(world.storage.log()).hasSize(before);
          host.refused(holder, ErrorCode.EEXIST, exclusive("a"));
          host.refused(holder, reentrant, ErrorCode.EEXIST, shared("a"));
          host.refused(stranger, reentrant, ErrorCode.EEXIST, exclusive("a"));
          // Asked for twice by one registration is held once; by two registrations, by both.
          host.release(holder, "a");
          world.assertOwner("a", host);
          host.release(again, "a");
          world.assertFree("a");
        });
  }

  @Test
  void aLaterProcessWithTheSamePidIsNotTheSame() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          var process = host.processes.spawn(10);
          HolderId old = host.engine.register(10, Lifetime.CONNECTION, HolderLabel.NONE);
          host.granted(old, exclusive("a"));
          process.die();
          HolderId reused = host.holder(10);
          host.refused(reused, PLAIN.reentering(), ErrorCode.EEXIST, exclusive("a"));
          assertThat(host.engine.holderOf(10)).contains(old);
        });
  }

  /** A host with resource a orphaned. */
  private static FakeHost orphaned(World world, LeaseRequest request) throws Exception {
    world.format("a");
    FakeHost host = world.host(1);
    HolderId holder = host.holder(10);
    host.granted(holder, request.asPersistent());
    world.pass(1);
    host.engine.unregister(holder);
    assertThat(host.state("a")).contains(LeaseState.ORPHAN);
    assertThat(host.engine.hasOrphans(host.lockspace)).isTrue();
    assertThat(host.engine.inUse(host.lockspace)).isFalse();
    assertThat(host.engine.namesUsed(host.lockspace)).isTrue();
    world.pass(1);
    world.assertOwner("a", host);
    return host;
  }

  private interface Call {
    void run() throws Exception;
  }

  private static void quietly(Call call) {
    try {
      call.run();
    } catch (Exception e) {
      // The result is not what this test is about.
      return;
    }
  }
}
