// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import static dev.leasehold.engine.resource.FakeHost.exclusive;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.port.Tasks;
import dev.leasehold.engine.resource.fake.Fault;
import dev.leasehold.engine.resource.fake.Op;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/spec/algorithms.md 5.4. */
class AllOrNothingTest {
  private static final String[] FIVE = {"a", "b", "c", "d", "e"};

  private static LeaseRequest[] requests(String... names) {
    return IntStream.range(0, names.length)
        .mapToObj(i -> exclusive(names[i]))
        .toArray(LeaseRequest[]::new);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void aFailureAtAnyPlaceLeavesNothingHeld(int place) throws Exception {
    World.runSeeds(
        5,
        world -> {
          world.format(FIVE);
          FakeHost rival = world.host(2);
          rival.granted(rival.holder(20), exclusive(FIVE[place]));
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          Refusal refusal = host.refused(holder, ErrorCode.ACQUIRE_IDLIVE, requests(FIVE));
          assertThat(refusal.index()).hasValue(place);
          assertThat(refusal.lease()).contains(exclusive(FIVE[place]));
          assertThat(host.holds(holder)).isEmpty();
          for (String name : FIVE) {
            if (!name.equals(FIVE[place])) {
              world.assertFree(name);
            }
          }
          world.assertOwner(FIVE[place], rival);
          host.assertClean();
          // And nothing of it stands in the way of the next attempt.
          List<String> others = new ArrayList<>(List.of(FIVE));
          others.remove(place);
          assertThat(host.granted(holder, requests(others.toArray(String[]::new)))).hasSize(4);
        });
  }

  @Test
  void theFirstInRequestOrderIsReported() throws Exception {
    World.runSeeds(
        10,
        world -> {
          world.format("a", "b", "c");
          FakeHost rival = world.host(2);
          rival.granted(rival.holder(20), exclusive("b"));
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.granted(holder, exclusive("c"));
          // Refused here without I/O, but b comes first.
          Refusal refusal = host.refused(holder, ErrorCode.ACQUIRE_IDLIVE, requests("a", "b", "c"));
          assertThat(refusal.index()).hasValue(1);
          Refusal missing = host.refused(holder, ErrorCode.ENOENT, requests("a", "x", "b"));
          assertThat(missing.index()).hasValue(1);
        });
  }

  @Test
  void aRefusalDoesNotWaitForTheDeadOwnerOfAnother() throws Exception {
    World.run(
        world -> {
          world.format("a", "b");
          FakeHost dead = world.host(2);
          dead.granted(dead.holder(20), exclusive("a"));
          FakeHost alive = world.host(3);
          alive.granted(alive.holder(30), exclusive("b"));
          dead.die();
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          long before = world.time.bootNanos();
          Refusal refusal = host.refused(holder, ErrorCode.ACQUIRE_IDLIVE, requests("a", "b"));
          assertThat(refusal.index()).hasValue(1);
          assertThat(Duration.ofNanos(world.time.bootNanos() - before))
              .isLessThan(Duration.ofSeconds(30));
          host.assertClean();
        });
  }

  @Test
  void independentLeasesGoToTheDiskSideBySide() throws Exception {
    World.run(
        world -> {
          String[] names = IntStream.range(0, 12).mapToObj(i -> "r" + i).toArray(String[]::new);
          world.format(names);
          world.storage.latency(Duration.ofMillis(100));
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          long start = world.time.bootNanos();
          host.granted(holder, exclusive("r0"));
          long one = world.time.bootNanos() - start;
          host.release(holder, "r0");
          start = world.time.bootNanos();
          host.granted(holder, requests(names));
          long twelve = world.time.bootNanos() - start;
          assertThat(twelve).isLessThan(one * 3 / 2);
          assertThat(host.holds(holder)).containsExactly(names);
        });
  }

  @Test
  void storageThatBlocksOneLeaseDoesNotStopTheOthers() throws Exception {
    World.run(
        world -> {
          world.format("a", "b", "c");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          world.storage.always(op -> op.path().equals(World.path("b")), Fault.HANG);
          Tasks.Task task =
              world.time.start(
                  "acquire",
                  () -> host.refused(holder, ErrorCode.AIO_TIMEOUT, requests("a", "b", "c")));
          world.pass(1);
          world.assertOwner("a", host);
          world.assertOwner("c", host);
          HolderId other = host.holder(11);
          world.format("d");
          host.granted(other, exclusive("d"));
          assertThat(task.join(Duration.ofSeconds(100))).isTrue();
          world.assertFree("a", "c");
        });
  }

  @Test
  void argumentsAndLockspacesAreCheckedBeforeAnyIo() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          ResourceLocation nowhere = new ResourceLocation(World.id("x"), List.of());
          ResourceLocation five =
              new ResourceLocation(
                  World.id("x"), java.util.Collections.nCopies(5, DiskLocation.of("/x")));
          host.refused(
              holder,
              ErrorCode.ERANGE,
              exclusive("a"),
              LeaseRequest.of(nowhere, dev.leasehold.lease.HoldMode.EXCLUSIVE));
          host.refused(
              holder,
              ErrorCode.ERANGE,
              exclusive("a"),
              LeaseRequest.of(five, dev.leasehold.lease.HoldMode.EXCLUSIVE));
          ResourceLocation elsewhere =
              ResourceLocation.of(ResourceId.of("OTHER", "x"), DiskLocation.of("/x"));
          Refusal refusal =
              host.refused(
                  holder,
                  ErrorCode.ENOSPC,
                  exclusive("a"),
                  LeaseRequest.of(elsewhere, dev.leasehold.lease.HoldMode.EXCLUSIVE));
          assertThat(refusal.index()).hasValue(1);
          host.lockspace.kill();
          host.refused(holder, ErrorCode.ENOSPC, exclusive("a"));
          assertThat(world.storage.log()).isEmpty();
          host.assertClean();
        });
  }

  private static void breaksOff(World world, FakeHost host, boolean silently) {
    world.storage.faults(
        op -> {
          if (op.kind() == Op.Kind.READ && op.path().equals(World.path("b"))) {
            throw new LinkageError("played");
          }
          return Fault.NONE;
        });
    host.onNote =
        () -> {
          if (silently) {
            throw new LinkageError("played again");
          }
        };
  }

  private static void assertNothingIsLeft(World world, FakeHost host, HolderId holder)
      throws LeaseException {
    assertThat(host.holds(holder)).isEmpty();
    host.assertClean();
    assertThat(host.engine.inUse(host.lockspace)).isFalse();
    assertThat(world.storage.openStores()).isZero();
    world.assertFree("a", "b");
    world.storage.heal();
    host.onNote = () -> {};
    assertThat(host.granted(holder, requests("a", "b"))).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"b", "a b", "b a"})
  void aFaultOfOurOwnIsARefusal(String names) throws Exception {
    World.run(
        world -> {
          world.format("a", "b");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          breaksOff(world, host, false);
          Refusal refusal = host.refused(holder, ErrorCode.ERROR, requests(names.split(" ")));
          assertThat(refusal.message()).contains("LS:b");
          assertNothingIsLeft(world, host, holder);
        });
  }

  @Test
  void anAcquisitionThatEndsWithoutAResultIsNoLease() {
    assertThatThrownBy(
            () ->
                World.run(
                    world -> {
                      world.format("a", "b");
                      FakeHost host = world.host(1);
                      HolderId holder = host.holder(10);
                      breaksOff(world, host, true);
                      Refusal refusal = host.refused(holder, ErrorCode.ERROR, requests("a", "b"));
                      assertThat(refusal.index()).hasValue(1);
                      assertNothingIsLeft(world, host, holder);
                    }))
        // All of the above held; the world only tells that a task of it broke off.
        .hasMessageContaining("a task failed");
  }

  @Test
  void aCommandThatBreaksOffIsUndone() throws Exception {
    World.run(
        world -> {
          world.format("a", "b");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          breaksOff(world, host, true);
          assertThatThrownBy(() -> host.acquire(holder, exclusive("b")))
              .isInstanceOf(LinkageError.class);
          assertNothingIsLeft(world, host, holder);
        });
  }

  @Test
  void anEmptyRequestIsGranted() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(1);
          assertThat(host.granted(host.holder(10))).isEmpty();
        });
  }

  @Test
  void newLeasesTakeTheLowestFreeSlots() throws Exception {
    World.run(
        world -> {
          world.format(FIVE);
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.granted(holder, requests("a", "b", "c"));
          host.release(holder, "a", "b");
          assertThat(host.granted(holder, requests("d", "e")))
              .extracting(HeldLease::slot)
              .containsExactly(0, 1);
          assertThat(host.holds(holder)).containsExactly("d", "e", "c");
        });
  }

  /** The lockspace runs out while the last write of the acquisition is under way. */
  @Test
  void aLockspaceThatWasLostMeanwhileGrantsNothing() throws Exception {
    World.runSeeds(
        5,
        world -> {
          world.format("a", "b");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          world.storage.before(op -> op.kind() == Op.Kind.LEADS_TO, host.lockspace::runOut);
          host.refused(holder, ErrorCode.ENOSPC, requests("a", "b"));
          assertThat(host.holds(holder)).isEmpty();
          assertThat(host.state("a")).isEmpty();
        });
  }

  @Test
  void aLockspaceThatFailsDuringAWaitEndsIt() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost dead = world.host(2);
          dead.granted(dead.holder(20), exclusive("a"));
          dead.die();
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          Tasks.Task task =
              world.time.start(
                  "acquire", () -> host.refused(holder, ErrorCode.ENOSPC, exclusive("a")));
          world.pass(30);
          assertThat(host.engine.inUse(host.lockspace)).isTrue();
          host.lockspace.kill();
          host.engine.lockspaceDead(host.lockspace);
          assertThat(task.join(Duration.ofSeconds(5))).isTrue();
          assertThat(host.engine.inUse(host.lockspace)).isFalse();
          world.assertOwner("a", dead);
        });
  }

  @Test
  void aLockspaceThatFailsJustBeforeAWaitEndsItToo() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost dead = world.host(2);
          dead.granted(dead.holder(20), exclusive("a"));
          dead.die();
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.afterUsable =
              () -> {
                host.lockspace.kill();
                host.engine.lockspaceDead(host.lockspace);
              };
          long start = world.time.bootNanos();
          host.refused(holder, ErrorCode.ENOSPC, exclusive("a"));
          assertThat(Duration.ofNanos(world.time.bootNanos() - start))
              .isLessThan(Duration.ofSeconds(5));
        });
  }

  @Test
  void stoppingTheEngineEndsWaits() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost dead = world.host(2);
          dead.granted(dead.holder(20), exclusive("a"));
          dead.die();
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          Tasks.Task task =
              world.time.start(
                  "acquire", () -> host.refused(holder, ErrorCode.EPERM, exclusive("a")));
          world.pass(30);
          host.engine.stop();
          assertThat(task.join(Duration.ofSeconds(5))).isTrue();
          host.refused(holder, ErrorCode.EPERM, exclusive("a"));
        });
  }
}
