// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import static dev.leasehold.engine.resource.FakeHost.exclusive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.port.Tasks;
import dev.leasehold.lease.OwnerWait;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Waiting for leases that are in use, and for dead owners. */
class PatienceTest {
  private static final class Ears implements AcquireProgress {
    final List<OwnerWait> dead = new ArrayList<>();
    final List<Refusal> inUse = new ArrayList<>();
    long until;

    @Override
    public void waitingForDeadHost(LeaseRequest lease, OwnerWait wait) {
      dead.add(wait);
    }

    @Override
    public void waitingForHolder(Refusal refusal, long untilBootNanos) {
      inUse.add(refusal);
      until = untilBootNanos;
    }
  }

  private static AcquireOptions patient(long seconds, AcquireProgress progress) {
    return AcquireOptions.DEFAULT.waitingUpTo(Duration.ofSeconds(seconds)).reportingTo(progress);
  }

  @Test
  void aLeaseInUseIsTriedUntilItIsFree() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost rival = world.host(2);
          HolderId other = rival.holder(20);
          rival.granted(other, exclusive("a"));
          world.time.start(
              "rival",
              () -> {
                world.pass(30);
                try {
                  rival.release(other, "a");
                } catch (LeaseException e) {
                  throw new AssertionError(e);
                }
              });
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          Ears ears = new Ears();
          long start = world.time.bootNanos();
          host.granted(holder, patient(60, ears), exclusive("a"));
          assertThat(Duration.ofNanos(world.time.bootNanos() - start))
              .isBetween(Duration.ofSeconds(30), Duration.ofSeconds(33));
          assertThat(ears.inUse).hasSizeGreaterThan(10);
          assertThat(ears.inUse.getFirst().message()).contains("kvm2");
          assertThat(ears.until).isEqualTo(start + Duration.ofSeconds(60).toNanos());
        });
  }

  @Test
  void waitingForOneLeaseDoesNotKeepTakingTheOthers() throws Exception {
    World.run(
        world -> {
          world.format("a", "b", "c");
          FakeHost rival = world.host(2);
          HolderId other = rival.holder(20);
          rival.granted(other, exclusive("b"));
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.refused(
              holder,
              patient(30, AcquireProgress.SILENT),
              ErrorCode.ACQUIRE_IDLIVE,
              exclusive("a"),
              exclusive("b"),
              exclusive("c"));
          assertThat(world.leader("a").lver()).isEqualTo(1);
          assertThat(world.leader("c").lver()).isEqualTo(1);
          host.assertClean();
          rival.release(other, "b");
          host.granted(
              holder,
              patient(30, AcquireProgress.SILENT),
              exclusive("a"),
              exclusive("b"),
              exclusive("c"));
        });
  }

  @Test
  void patienceEnds() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          host.granted(host.holder(20), exclusive("a"));
          HolderId holder = host.holder(10);
          long start = world.time.bootNanos();
          host.refused(
              holder, patient(10, AcquireProgress.SILENT), ErrorCode.EEXIST, exclusive("a"));
          assertThat(Duration.ofNanos(world.time.bootNanos() - start))
              .isBetween(Duration.ofSeconds(9), Duration.ofSeconds(12));
        });
  }

  @Test
  void otherErrorsAreReportedAtOnce() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          long start = world.time.bootNanos();
          host.refused(
              holder, patient(100, AcquireProgress.SILENT), ErrorCode.ENOENT, exclusive("a"));
          assertThat(world.time.bootNanos() - start).isLessThan(1_000_000_000L);
        });
  }

  @Test
  void aDeadOwnerIsWaitedForAndReported() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost dead = world.host(2);
          dead.granted(dead.holder(20), exclusive("a"));
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          world.pass(60);
          dead.die();
          Ears ears = new Ears();
          long start = world.time.bootNanos();
          host.granted(holder, AcquireOptions.DEFAULT.reportingTo(ears), exclusive("a"));
          assertThat(Duration.ofNanos(world.time.bootNanos() - start))
              .isBetween(Duration.ofSeconds(115), Duration.ofSeconds(145));
          assertThat(ears.dead).isNotEmpty();
          assertThat(ears.dead.getFirst().ownerName().toString()).isEqualTo("kvm2");
          assertThat(ears.dead.getFirst().untilBootNanos()).isGreaterThan(start);
          world.assertOwner("a", host);
        });
  }

  @Test
  void patienceBoundsTheWaitForADeadOwner() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost dead = world.host(2);
          dead.granted(dead.holder(20), exclusive("a"));
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          world.pass(60);
          dead.die();
          long start = world.time.bootNanos();
          Refusal refusal =
              host.refused(
                  holder,
                  patient(30, AcquireProgress.SILENT),
                  ErrorCode.ACQUIRE_OWNED_RETRY,
                  exclusive("a"));
          assertThat(Duration.ofNanos(world.time.bootNanos() - start))
              .isBetween(Duration.ofSeconds(30), Duration.ofSeconds(32));
          assertThat(refusal.message()).contains("kvm2", "not yet known to be dead");
          host.assertClean();
        });
  }

  @Test
  void theEndOfTheHolderEndsThePatience() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          host.granted(host.holder(20), exclusive("a"));
          HolderId holder = host.holder(10);
          Tasks.Task task =
              world.time.start(
                  "acquire",
                  () ->
                      host.acquire(holder, patient(1000, AcquireProgress.SILENT), exclusive("a")));
          world.pass(10);
          host.engine.unregister(holder);
          assertThat(task.join(Duration.ofSeconds(1))).isTrue();
          assertThat(host.engine.snapshot().holders()).hasSize(1);
        });
  }
}
