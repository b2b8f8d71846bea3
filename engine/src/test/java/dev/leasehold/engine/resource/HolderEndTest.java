// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import static dev.leasehold.engine.resource.FakeHost.exclusive;
import static dev.leasehold.engine.resource.FakeHost.shared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.holder.Lifetime;
import dev.leasehold.engine.port.Tasks;
import dev.leasehold.engine.resource.fake.FakeProcesses.FakeProcess;
import dev.leasehold.engine.resource.fake.Fault;
import dev.leasehold.engine.resource.fake.Op;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** docs/spec/algorithms.md 5.3. */
class HolderEndTest {
  @Test
  void theEndOfTheProcessReleasesItsLeases() throws Exception {
    World.runSeeds(
        5,
        world -> {
          world.format("a", "b", "c");
          FakeHost host = world.host(1);
          FakeProcess process = host.processes.spawn(10);
          HolderId holder = host.engine.register(10, Lifetime.PROCESS, HolderLabel.NONE);
          host.granted(holder, exclusive("a"), shared("b"), exclusive("c"));
          process.die();
          world.pass(2);
          world.assertFree("a", "b", "c");
          assertThat(world.sector("b", 1).mode().isShared()).isFalse();
          host.assertClean();
          assertThat(host.engine.snapshot().holders()).isEmpty();
          assertThat(world.storage.openStores()).isZero();
        });
  }

  /** The process dies right before each single call on the storage. */
  @Test
  void deathAtEveryStageOfAnAcquisitionLeavesNothingBehind() throws Exception {
    int[] calls = {0};
    World.run(
        world -> {
          acquireThenRelease(world, Integer.MAX_VALUE);
          calls[0] = world.storage.log().size();
        });
    assertThat(calls[0]).isGreaterThan(20);
    for (int stage = 0; stage < calls[0]; stage++) {
      int at = stage;
      World.run(1 + stage % 3, world -> acquireThenRelease(world, at));
    }
  }

  private static void acquireThenRelease(World world, int dyingAt) throws Exception {
    world.format("a", "b");
    FakeHost host = world.host(1);
    FakeProcess process = host.processes.spawn(10);
    HolderId holder = host.engine.register(10, Lifetime.PROCESS, HolderLabel.NONE);
    world.storage.before(op -> op.number() == dyingAt, process::die);
    AcquireResult result = host.acquire(holder, exclusive("a"), shared("b"));
    if (result instanceof AcquireResult.Refused refused) {
      assertThat(refused.refusal().code()).isEqualTo(ErrorCode.ENOTTY);
    }
    world.pass(1);
    process.die();
    world.pass(2);
    world.assertFree("a", "b");
    assertThat(world.sector("b", 1).mode().isShared()).isFalse();
    host.assertClean();
    assertThat(host.engine.snapshot().holders()).isEmpty();
    assertThat(world.storage.openStores()).isZero();
    assertThat(host.engine.inUse(host.lockspace)).isFalse();
  }

  @Test
  void theEndOfTheHolderEndsItsWaitForADeadOwner() throws Exception {
    World.run(
        world -> {
          world.format("a", "b");
          FakeHost dead = world.host(2);
          dead.granted(dead.holder(20), exclusive("a"));
          dead.die();
          FakeHost host = world.host(1);
          FakeProcess process = host.processes.spawn(10);
          HolderId holder = host.engine.register(10, Lifetime.PROCESS, HolderLabel.NONE);
          host.granted(holder, exclusive("b"));
          Tasks.Task task =
              world.time.start(
                  "acquire", () -> host.refused(holder, ErrorCode.ENOTTY, exclusive("a")));
          world.pass(20);
          process.die();
          assertThat(task.join(Duration.ofSeconds(5))).isTrue();
          world.pass(2);
          world.assertFree("b");
          host.assertClean();
        });
  }

  @Test
  void aConnectionOutlivesItsProcess() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          FakeProcess process = host.processes.spawn(10);
          HolderId holder = host.engine.register(10, Lifetime.CONNECTION, HolderLabel.NONE);
          host.granted(holder, exclusive("a"));
          process.die();
          world.pass(5);
          world.assertOwner("a", host);
          host.engine.unregister(holder);
          world.pass(2);
          world.assertFree("a");
          host.engine.unregister(holder);
          assertThatThrownBy(() -> host.engine.inquire(holder))
              .isInstanceOfSatisfying(
                  LeaseException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ESRCH));
        });
  }

  @Test
  void unregisteringNeverBlocksOnStorage() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          world.storage.always(op -> op.writes(World.path("a"), 2003 * 512), Fault.HANG);
          host.granted(holder, exclusive("a"));
          world.pass(1);
          long before = world.time.bootNanos();
          host.engine.unregister(holder);
          assertThat(world.time.bootNanos()).isEqualTo(before);
          world.storage.heal();
          world.storage.unhang();
          world.pass(60);
          world.assertFree("a");
        });
  }

  @Test
  void otherSharersKeepTheLease() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId one = host.holder(10);
          HolderId two = host.holder(11);
          host.granted(one, shared("a"));
          host.granted(two, shared("a"));
          host.engine.unregister(one);
          world.pass(2);
          assertThat(world.sector("a", 1).mode().isShared()).isTrue();
          assertThat(host.holds(two)).containsExactly("a");
          host.engine.unregister(two);
          world.pass(2);
          assertThat(world.sector("a", 1).mode().isShared()).isFalse();
        });
  }

  @Test
  void persistentLeasesBecomeOrphansWithTheirLastHolder() throws Exception {
    World.run(
        world -> {
          world.format("a", "b", "c");
          FakeHost host = world.host(1);
          HolderId one = host.holder(10);
          HolderId two = host.holder(11);
          host.granted(
              one, exclusive("a").asPersistent(), exclusive("b"), shared("c").asPersistent());
          host.granted(two, shared("c"));
          host.engine.unregister(one);
          world.pass(2);
          assertThat(host.state("a")).contains(LeaseState.ORPHAN);
          assertThat(host.state("b")).isEmpty();
          assertThat(host.state("c")).contains(LeaseState.HELD);
          // The last token of c is not persistent.
          host.engine.unregister(two);
          world.pass(2);
          assertThat(host.state("c")).isEmpty();
          world.assertOwner("a", host);
        });
  }

  @Test
  void orphansAreReleasedOnDemandOrForgottenWithTheirLockspace() throws Exception {
    World.run(
        world -> {
          world.format("a", "b", "c");
          FakeHost host = world.host(1);
          HolderId one = host.holder(10);
          host.granted(
              one,
              exclusive("a").asPersistent(),
              exclusive("b").asPersistent(),
              exclusive("c").asPersistent());
          host.engine.unregister(one);
          var ls = host.lockspace.name();
          assertThat(host.engine.releaseOrphans(ls, Optional.of(World.id("a").resource())))
              .isEqualTo(1);
          assertThat(host.engine.releaseOrphans(ls, Optional.of(World.id("a").resource())))
              .isZero();
          world.pass(2);
          world.assertFree("a");
          world.assertOwner("b", host);
          assertThat(host.engine.releaseOrphans(World.id("x").resource(), Optional.empty()))
              .isZero();
          host.lockspace.kill();
          host.engine.lockspaceDead(host.lockspace);
          host.engine.lockspaceGone(host.lockspace);
          world.pass(2);
          host.assertClean();
          world.assertOwner("b", host);
          assertThat(world.storage.openStores()).isZero();
        });
  }

  @Test
  void allOrphansOfALockspace() throws Exception {
    World.run(
        world -> {
          world.format("a", "b");
          FakeHost host = world.host(1);
          HolderId one = host.holder(10);
          host.granted(one, exclusive("a").asPersistent(), shared("b").asPersistent());
          host.engine.unregister(one);
          assertThat(host.engine.releaseOrphans(host.lockspace.name(), Optional.empty()))
              .isEqualTo(2);
          world.pass(2);
          world.assertFree("a", "b");
          host.assertClean();
        });
  }

  @Test
  void anAdoptionThatComesToNothingLeavesTheOrphan() throws Exception {
    World.run(
        world -> {
          world.format("a", "b");
          FakeHost rival = world.host(2);
          rival.granted(rival.holder(20), exclusive("b"));
          FakeHost host = world.host(1);
          HolderId one = host.holder(10);
          host.granted(one, exclusive("a").asPersistent());
          host.engine.unregister(one);
          HolderId two = host.holder(11);
          host.refused(
              two,
              AcquireOptions.DEFAULT.adoptingOrphans(),
              ErrorCode.ACQUIRE_IDLIVE,
              exclusive("a"),
              exclusive("b"));
          assertThat(host.state("a")).contains(LeaseState.ORPHAN);
          world.assertOwner("a", host);
        });
  }

  @Test
  void theEndDuringAReleaseLosesNothing() throws Exception {
    World.run(
        world -> {
          world.format("a", "b");
          FakeHost host = world.host(1);
          FakeProcess process = host.processes.spawn(10);
          HolderId holder = host.engine.register(10, Lifetime.PROCESS, HolderLabel.NONE);
          host.granted(holder, exclusive("a"), exclusive("b"));
          world.pass(1);
          world.storage.once(
              op -> op.kind() == Op.Kind.WRITE, new Fault.Slow(Duration.ofSeconds(3)));
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
          process.die();
          task.join(Duration.ofSeconds(20));
          world.pass(2);
          world.assertFree("a", "b");
          host.assertClean();
          assertThat(host.engine.snapshot().holders()).isEmpty();
        });
  }
}
