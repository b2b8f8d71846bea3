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
import dev.leasehold.ondisk.Name;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** docs/spec/algorithms.md 3.5, 5.5. */
class ReleaseTest {
  private static final long LEADER = 0;

  private static Predicate<Op> leaderWrite(String resource) {
    return op -> op.writes(World.path(resource), LEADER);
  }

  private static void fails(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(LeaseException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void aHundredLeasesAreReleasedAtOnce() throws Exception {
    World.run(
        world -> {
          String[] names = IntStream.range(0, 100).mapToObj(i -> "r" + i).toArray(String[]::new);
          world.format(names);
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          LeaseRequest[] requests =
              IntStream.range(0, 100)
                  .mapToObj(i -> exclusive(names[i]))
                  .toArray(LeaseRequest[]::new);
          assertThat(host.granted(holder, requests)).hasSize(100);
          host.release(holder, names);
          world.assertFree(names);
          host.assertClean();
          host.granted(holder, requests);
          host.engine.releaseAll(holder);
          world.assertFree(names);
          host.assertClean();
        });
  }

  @Test
  void whatIsNotHeldIsReportedAndTheOthersAreReleased() throws Exception {
    World.run(
        world -> {
          world.format("a", "b");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          HolderId other = host.holder(11);
          host.granted(holder, exclusive("a"));
          host.granted(other, exclusive("b"));
          fails(ErrorCode.EPERM, () -> host.release(holder, "b", "a", "x"));
          world.assertFree("a");
          world.assertOwner("b", host);
          host.granted(holder, exclusive("a"));
          fails(ErrorCode.EPERM, () -> host.release(holder, "a", "a"));
          world.assertFree("a");
        });
  }

  @Test
  void theLastErrorWinsAndEveryTokenIsGone() throws Exception {
    World.run(
        world -> {
          world.format("a", "b", "c");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.granted(holder, exclusive("a"), exclusive("b"), exclusive("c"));
          world.pass(1);
          world.storage.always(leaderWrite("a"), Fault.EIO);
          world.storage.always(leaderWrite("b"), new Fault.Fail(28));
          fails(ErrorCode.ENOSPC, () -> host.release(holder, "a", "b", "c"));
          assertThat(host.holds(holder)).isEmpty();
          world.assertFree("c");
          assertThat(host.state("a")).contains(LeaseState.RELEASING);
          world.storage.heal();
          world.pass(60);
          world.assertFree("a", "b");
          host.assertClean();
        });
  }

  @Test
  void aTimedOutReleaseIsCompletedInTheBackground() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.granted(holder, exclusive("a"));
          world.pass(1);
          world.storage.always(leaderWrite("a"), Fault.VANISH);
          fails(ErrorCode.AIO_TIMEOUT, () -> host.release(holder, "a"));
          assertThat(host.engine.writesInFlight(host.lockspace)).isTrue();
          world.storage.heal();
          world.pass(120);
          // Nothing is written while the first write may still land.
          world.assertOwner("a", host);
          host.refused(holder, ErrorCode.EAGAIN, exclusive("a"));
          world.storage.unhang();
          world.pass(60);
          world.assertFree("a");
          host.assertClean();
          assertThat(host.engine.writesInFlight(host.lockspace)).isFalse();
          host.granted(holder, exclusive("a"));
        });
  }

  @Test
  void aLateReleaseThatLandedIsFoundToBeDone() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.granted(holder, exclusive("a"));
          world.pass(1);
          world.storage.once(leaderWrite("a"), Fault.HANG);
          fails(ErrorCode.AIO_TIMEOUT, () -> host.release(holder, "a"));
          world.storage.unhang();
          world.pass(60);
          world.assertFree("a");
          host.assertClean();
        });
  }

  /** At once, then N later, then every 2N. */
  @Test
  void retriesFollowTheSchedule() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.granted(holder, exclusive("a"));
          world.pass(1);
          List<Long> tries = new ArrayList<>();
          world.storage.faults(
              op -> {
                if (leaderWrite("a").test(op)) {
                  tries.add(world.time.bootNanos() / 1_000_000_000L);
                  return Fault.EIO;
                }
                return Fault.NONE;
              });
          fails(ErrorCode.EIO, () -> host.release(holder, "a"));
          world.pass(65);
          long first = tries.getFirst();
          assertThat(tries.stream().map(t -> t - first)).containsExactly(0L, 0L, 10L, 30L, 50L);
          assertThat(host.heard).anyMatch(words -> words.contains("goes on in the background"));
          world.storage.heal();
          world.pass(20);
          world.assertFree("a");
        });
  }

  @Test
  void everyLeaseIsRetriedByItself() throws Exception {
    World.run(
        world -> {
          String[] names = IntStream.range(0, 20).mapToObj(i -> "r" + i).toArray(String[]::new);
          world.format(names);
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.granted(
              holder,
              IntStream.range(0, 20)
                  .mapToObj(i -> exclusive(names[i]))
                  .toArray(LeaseRequest[]::new));
          world.pass(1);
          world.storage.always(op -> op.path().equals(World.path("r7")), Fault.HANG);
          host.engine.unregister(holder);
          world.pass(1);
          for (String name : names) {
            if (!name.equals("r7")) {
              world.assertFree(name);
            }
          }
          assertThat(host.engine.snapshot().leases()).hasSize(1);
        });
  }

  @Test
  void anOpenFileThatWentBadIsOpenedAfresh() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.granted(holder, exclusive("a"));
          world.pass(1);
          // A stale handle: everything fails until the file is opened again.
          boolean[] opened = {false};
          world.storage.faults(
              op -> {
                opened[0] |= op.kind() == Op.Kind.OPEN;
                return opened[0] ? Fault.NONE : new Fault.Fail(116);
              });
          fails(ErrorCode.ESTALE, () -> host.release(holder, "a"));
          world.pass(15);
          world.assertFree("a");
          host.assertClean();
          assertThat(world.storage.openStores()).isZero();
        });
  }

  @Test
  void retriesEndSilentlyWithTheLockspace() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.granted(holder, exclusive("a"));
          world.pass(1);
          world.storage.always(leaderWrite("a"), Fault.EIO);
          host.engine.unregister(holder);
          world.pass(15);
          assertThat(host.state("a")).contains(LeaseState.RELEASING);
          host.lockspace.kill();
          host.engine.lockspaceDead(host.lockspace);
          world.passMillis(100);
          host.assertClean();
          world.assertOwner("a", host);
        });
  }

  @Test
  void inADeadLockspaceTheDiskIsLeftAlone() throws Exception {
    World.run(
        world -> {
          world.format("a", "b");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.granted(holder, exclusive("a"), exclusive("b").asPersistent());
          world.pass(1);
          host.lockspace.kill();
          host.engine.lockspaceDead(host.lockspace);
          int before = world.storage.log().size();
          host.release(holder, "a");
          host.engine.unregister(holder);
          world.pass(5);
          assertThat(world.storage.log()).hasSize(before);
          host.assertClean();
          world.assertOwner("a", host);
        });
  }

  @Test
  void aLeaseThatSomebodyElseTookIsNotFreed() throws Exception {
    World.run(
        world -> {
          world.format("a", "b");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.granted(holder, exclusive("a"), exclusive("b"));
          world.pass(1);
          world.deltas.get(1L).leave();
          FakeHost rival = world.host(2);
          rival.granted(rival.holder(20), exclusive("a"));
          host.release(holder, "a");
          world.assertOwner("a", rival);
          host.release(holder, "b");
          host.assertClean();
        });
  }

  @Test
  void aReleaseMayGiveTheResourceAnotherName() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.granted(holder, exclusive("a"));
          fails(
              ErrorCode.EPERM,
              () -> host.engine.releaseRenamed(holder, World.id("x"), Name.of("y")));
          host.engine.releaseRenamed(holder, World.id("a"), Name.of("renamed"));
          assertThat(world.leader("a").resourceName()).isEqualTo(Name.of("renamed"));
          world.assertFree("a");
          host.refused(holder, ErrorCode.LEADER_RESOURCE, exclusive("a"));
        });
  }

  /** A write of a failed acquisition may still land: nobody here may acquire before it has. */
  @Test
  void anUnsettledWriteBlocksTheNextAcquisition() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          world.storage.once(op -> op.kind() == Op.Kind.WRITE, Fault.HANG);
          host.refused(holder, ErrorCode.DBLOCK_WRITE, exclusive("a"));
          assertThat(host.state("a")).contains(LeaseState.RELEASING);
          world.pass(300);
          host.refused(holder, ErrorCode.EAGAIN, exclusive("a"));
          assertThat(host.engine.writesInFlight(host.lockspace)).isTrue();
          assertThat(host.engine.inUse(host.lockspace)).isFalse();
          world.storage.unhang();
          world.pass(1);
          host.granted(holder, exclusive("a"));
        });
  }

  /** The leader write times out and lands late: the retract frees it. */
  @Test
  void aFailedLeaderWriteIsRetracted() throws Exception {
    for (Fault fault : List.of(Fault.HANG, Fault.VANISH, Fault.EIO)) {
      World.run(
          world -> {
            world.format("a");
            FakeHost host = world.host(1);
            HolderId holder = host.holder(10);
            world.storage.once(leaderWrite("a"), fault);
            AcquireResult result = host.acquire(holder, exclusive("a"));
            assertThat(result).isInstanceOf(AcquireResult.Refused.class);
            world.pass(30);
            world.storage.unhang();
            world.pass(60);
            world.assertFree("a");
            host.assertClean();
            host.granted(holder, exclusive("a"));
          });
    }
  }

  /** What is remembered of a release says that we proposed nothing since, by whatever path. */
  @Test
  void anAcquisitionByAnotherPathIsNotForgotten() throws Exception {
    World.run(
        world -> {
          world.format("a");
          String second = "/mnt/lease/a";
          world.storage.create(second, world.storage.content(World.path("a")));
          LeaseRequest other =
              LeaseRequest.of(
                  ResourceLocation.of(World.id("a"), DiskLocation.of(second)), HoldMode.EXCLUSIVE);
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.granted(holder, exclusive("a"));
          host.release(holder, "a");
          world.storage.once(op -> op.writes(second, LEADER), Fault.EIO);
          host.refused(holder, ErrorCode.EIO, other);
          assertThat(world.sector("a", 1).dblock().lver()).isEqualTo(2);
          int before = world.storage.log().size();
          host.granted(holder, exclusive("a"));
          assertThat(
                  world.storage.log().stream()
                      .skip(before)
                      .filter(op -> op.kind() == Op.Kind.READ)
                      .findFirst())
              .hasValueSatisfying(first -> assertThat(first.length()).isGreaterThan(512));
        });
  }

  @Test
  void aLateWriteInALockspaceThatIsGoneStillBlocks() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.granted(holder, exclusive("a"));
          world.pass(1);
          world.storage.always(op -> op.kind() == Op.Kind.WRITE, Fault.HANG);
          fails(ErrorCode.AIO_TIMEOUT, () -> host.release(holder, "a"));
          host.lockspace.kill();
          host.engine.lockspaceDead(host.lockspace);
          host.engine.lockspaceGone(host.lockspace);
          world.pass(100);
          assertThat(host.state("a")).contains(LeaseState.RELEASING);
          world.storage.unhang();
          world.pass(1);
          host.assertClean();
        });
  }

  @Test
  void commandsOfOneHolderComeOneAfterTheOther() throws Exception {
    World.run(
        world -> {
          world.format("a", "b");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.granted(holder, exclusive("a"), shared("b"));
          world.pass(1);
          world.storage.once(
              op -> op.kind() == Op.Kind.WRITE, new Fault.Slow(Duration.ofSeconds(5)));
          Tasks.Task task =
              world.time.start(
                  "release",
                  () -> {
                    try {
                      host.release(holder, "a");
                    } catch (LeaseException e) {
                      throw new AssertionError(e);
                    }
                  });
          world.pass(1);
          fails(ErrorCode.EBUSY, () -> host.release(holder, "b"));
          fails(ErrorCode.EBUSY, () -> host.engine.inquire(holder));
          host.refused(holder, ErrorCode.EBUSY, exclusive("a"));
          task.join(Duration.ofSeconds(20));
          host.release(holder, "b");
        });
  }
}
