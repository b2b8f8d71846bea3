// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import static dev.leasehold.engine.resource.FakeHost.exclusive;
import static dev.leasehold.engine.resource.FakeHost.shared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.port.Tasks;
import dev.leasehold.engine.resource.fake.Fault;
import dev.leasehold.engine.resource.fake.Op;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** docs/spec/algorithms.md 3.8. */
class ConvertTest {
  private static void fails(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(LeaseException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static HeldLease convert(FakeHost host, HolderId holder, HoldMode mode)
      throws LeaseException {
    return host.engine.convert(holder, World.id("a"), mode, false);
  }

  @Test
  void bothWays() throws Exception {
    World.runSeeds(
        3,
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.granted(holder, shared("a"));
          assertThat(convert(host, holder, HoldMode.EXCLUSIVE))
              .isEqualTo(new HeldLease(0, World.at("a"), HoldMode.EXCLUSIVE, 2));
          world.assertOwner("a", host);
          assertThat(world.sector("a", 1).mode().isShared()).isFalse();
          assertThat(convert(host, holder, HoldMode.SHARED).mode()).isEqualTo(HoldMode.SHARED);
          world.assertFree("a");
          assertThat(world.sector("a", 1).mode().isShared()).isTrue();
          host.release(holder, "a");
          assertThat(world.sector("a", 1).mode().isShared()).isFalse();
          host.assertClean();
        });
  }

  @Test
  void notHeldOrInThatModeAlready() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          HolderId other = host.holder(11);
          fails(ErrorCode.ENOENT, () -> convert(host, holder, HoldMode.SHARED));
          host.granted(holder, exclusive("a"));
          fails(ErrorCode.ENOENT, () -> convert(host, other, HoldMode.SHARED));
          fails(ErrorCode.EALREADY, () -> convert(host, holder, HoldMode.EXCLUSIVE));
        });
  }

  @Test
  void sharersOnThisHostStandInTheWay() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          HolderId other = host.holder(11);
          host.granted(holder, shared("a"));
          host.granted(other, shared("a"));
          world.pass(1);
          int before = world.storage.log().size();
          fails(ErrorCode.EAGAIN, () -> convert(host, holder, HoldMode.EXCLUSIVE));
          assertThat(world.storage.log()).hasSize(before);
          host.release(other, "a");
          assertThat(convert(host, holder, HoldMode.EXCLUSIVE).mode())
              .isEqualTo(HoldMode.EXCLUSIVE);
        });
  }

  @Test
  void sharersOnLiveHostsStandInTheWayAndDeadOnesDoNot() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          FakeHost other = world.host(2);
          HolderId holder = host.holder(10);
          host.granted(holder, shared("a"));
          other.granted(other.holder(20), shared("a"));
          fails(ErrorCode.EAGAIN, () -> convert(host, holder, HoldMode.EXCLUSIVE));
          assertThat(host.holds(holder)).containsExactly("a");
          assertThat(world.sector("a", 1).mode().isShared()).isTrue();
          other.die();
          world.pass(200);
          convert(host, holder, HoldMode.EXCLUSIVE);
          world.assertOwner("a", host);
          // A dead sharer's sector is left as it is (docs/decisions/0031).
          assertThat(world.sector("a", 2).mode().isShared()).isTrue();
        });
  }

  @Test
  void nobodyJoinsDuringAConversion() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          HolderId other = host.holder(11);
          host.granted(holder, shared("a"));
          world.pass(1);
          world.storage.once(
              op -> op.kind() == Op.Kind.WRITE, new Fault.Slow(Duration.ofSeconds(5)));
          Tasks.Task task =
              world.time.start(
                  "convert",
                  () -> {
                    try {
                      convert(host, holder, HoldMode.EXCLUSIVE);
                    } catch (LeaseException e) {
                      throw new AssertionError(e);
                    }
                  });
          world.pass(1);
          assertThat(host.state("a")).contains(LeaseState.CONVERTING);
          host.refused(other, ErrorCode.EBUSY, shared("a"));
          assertThat(host.engine.inUse(host.lockspace)).isTrue();
          task.join(Duration.ofSeconds(20));
          host.refused(other, ErrorCode.EEXIST, shared("a"));
        });
  }

  /** After an exclusive lease was converted from a shared one, a request finds its process. */
  @Test
  void theProcessIsKnownAfterAConversion() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          FakeHost other = world.host(2);
          HolderId holder = host.holder(10);
          host.granted(holder, shared("a"));
          convert(host, holder, HoldMode.EXCLUSIVE);
          other.engine.request(World.at("a"), java.util.OptionalLong.empty(), ForceMode.FORCE);
          host.engine.examineAll(host.lockspace);
          world.pass(1);
          assertThat(host.processes.log()).containsExactly("signal 9 to 10");
        });
  }

  @Test
  void aFailedConversionToSharedCanOnlyBeReleased() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          HolderId other = host.holder(11);
          host.granted(holder, exclusive("a"));
          world.pass(1);
          world.storage.always(op -> op.kind() == Op.Kind.WRITE, Fault.EIO);
          fails(ErrorCode.EIO, () -> convert(host, holder, HoldMode.SHARED));
          world.storage.heal();
          assertThat(host.engine.inquire(holder).getFirst().mode()).isEqualTo(HoldMode.SHARED);
          host.refused(other, ErrorCode.EAGAIN, shared("a"));
          fails(ErrorCode.EAGAIN, () -> convert(host, holder, HoldMode.EXCLUSIVE));
          host.release(holder, "a");
          world.pass(60);
          world.assertFree("a");
          assertThat(world.sector("a", 1).mode().isShared()).isFalse();
          host.assertClean();
        });
  }

  @Test
  void aFailedConversionToExclusiveKeepsTheSharedLease() throws Exception {
    for (Fault fault : new Fault[] {Fault.EIO, Fault.HANG, Fault.VANISH}) {
      World.run(
          world -> {
            world.format("a");
            FakeHost host = world.host(1);
            HolderId holder = host.holder(10);
            host.granted(holder, shared("a"));
            world.pass(1);
            world.storage.once(op -> op.writes(World.path("a"), 0), fault);
            assertThatThrownBy(() -> convert(host, holder, HoldMode.EXCLUSIVE))
                .isInstanceOf(LeaseException.class);
            assertThat(host.engine.inquire(holder).getFirst().mode()).isEqualTo(HoldMode.SHARED);
            world.pass(30);
            world.storage.unhang();
            world.pass(60);
            // The undoing freed the leader and left us among the sharers.
            world.assertFree("a");
            assertThat(world.sector("a", 1).mode().isShared()).isTrue();
            FakeHost other = world.host(2);
            other.refused(other.holder(20), ErrorCode.EAGAIN, exclusive("a"));
            host.release(holder, "a");
            world.pass(30);
            assertThat(world.sector("a", 1).mode().isShared()).isFalse();
            host.assertClean();
          });
    }
  }

  /** The undoing may get its turn before the conversion has come to its end. */
  @Test
  void theUndoingOfAConversionIsNotForgotten() throws Exception {
    World.runSeeds(
        10,
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.granted(holder, shared("a"));
          world.pass(1);
          world.storage.once(op -> op.writes(World.path("a"), 0), Fault.HANG);
          world.time.raisingGivesWay(true);
          fails(ErrorCode.AIO_TIMEOUT, () -> convert(host, holder, HoldMode.EXCLUSIVE));
          world.time.raisingGivesWay(false);
          fails(ErrorCode.EAGAIN, () -> convert(host, holder, HoldMode.EXCLUSIVE));
          world.storage.unhang();
          world.assertOwner("a", host);
          world.pass(60);
          world.assertFree("a");
          assertThat(convert(host, holder, HoldMode.EXCLUSIVE).mode())
              .isEqualTo(HoldMode.EXCLUSIVE);
        });
  }

  /** What was read before must not be the reason to free the lease of whoever came in between. */
  @Test
  void theUndoingLooksAtTheLeaderOnlyAfterItsLastWriteHasLanded() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          FakeHost other = world.host(2);
          HolderId holder = host.holder(10);
          host.granted(holder, shared("a"));
          other.granted(other.holder(20), shared("a"));
          world.pass(1);
          int[] writes = {0};
          world.storage.faults(
              op -> op.writes(World.path("a"), 0) && ++writes[0] == 2 ? Fault.HANG : Fault.NONE);
          fails(ErrorCode.EAGAIN, () -> convert(host, holder, HoldMode.EXCLUSIVE));
          long reads = world.storage.count(op -> op.reads(World.path("a"), 0));
          world.pass(60);
          assertThat(world.storage.count(op -> op.reads(World.path("a"), 0))).isEqualTo(reads);
          world.assertOwner("a", host);
          world.storage.unhang();
          world.pass(60);
          world.assertFree("a");
          assertThat(writes[0]).isEqualTo(2);
          assertThat(world.sector("a", 1).mode().isShared()).isTrue();
        });
  }

  @Test
  void aLockspaceThatIsLostDuringAConversionIsReported() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.granted(holder, exclusive("a"));
          world.pass(1);
          world.storage.before(
              op -> op.writes(World.path("a"), 0),
              () -> world.time.start("run out", host.lockspace::runOut));
          fails(ErrorCode.ENOSPC, () -> convert(host, holder, HoldMode.SHARED));
        });
  }
}
