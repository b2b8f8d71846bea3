// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.holder.Lifetime;
import dev.leasehold.engine.port.Tasks.Task;
import dev.leasehold.engine.port.Watchdog;
import dev.leasehold.engine.resource.AcquireOptions;
import dev.leasehold.engine.resource.AcquireRequest;
import dev.leasehold.engine.resource.AcquireResult;
import dev.leasehold.engine.resource.CreatePolicy;
import dev.leasehold.engine.resource.DiskLocation;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.engine.resource.fake.FakeProcesses;
import dev.leasehold.engine.resource.fake.FakeStorage;
import dev.leasehold.engine.resource.fake.FakeTime;
import dev.leasehold.engine.resource.fake.Fault;
import dev.leasehold.engine.resource.fake.Op;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The whole engine behind its front door: two hosts, one disk, virtual time. */
class EngineTest {

  private static final Name LS = Name.of("LS");
  private static final String AREA = "/lease/LS";
  private static final String DISK = "/lease/web1";
  private static final JoinOptions N1 = JoinOptions.DEFAULT.withIoTimeout(1);

  private final FakeTime time = new FakeTime(7);
  private final FakeStorage storage = new FakeStorage(time);
  private final List<LeaseManager> managers = new ArrayList<>();
  private final List<String> heard = new ArrayList<>();
  private final FakeProcesses processes = new FakeProcesses(time);

  private interface Body {
    void run() throws Exception;
  }

  private void run(Body body) throws Exception {
    storage.create(AREA, new byte[1 << 20]);
    time.run(
        () -> {
          try {
            body.run();
          } finally {
            storage.heal();
            storage.unhang();
            managers.forEach(LeaseManager::close);
          }
          return true;
        });
  }

  private LeaseManager manager(String host) {
    EnginePorts ports =
        new EnginePorts(
            time,
            time,
            storage.of(host),
            processes,
            new Unguarded(),
            new SplittableRandom(host.hashCode()));
    processes.spawn(1);
    LeaseManager manager = Engine.start(ports, EngineConfig.of(Name.of(host)).withIoTimeout(1));
    manager.addListener(new Ear(host));
    managers.add(manager);
    return manager;
  }

  private static LeaseRequest web1(HoldMode mode) {
    ResourceLocation where =
        ResourceLocation.of(ResourceId.of("LS", "web1"), DiskLocation.of(DISK));
    return LeaseRequest.of(where, mode).creating(CreatePolicy.DEFAULT);
  }

  private static void format(LeaseManager manager) throws LeaseException {
    manager.formatLockspace(new LockspaceFormat(LS, AREA, 0, Geometry.SECTOR_512, 1));
  }

  @Test
  void joinsAcquiresConvertsReleases() throws Exception {
    run(
        () -> {
          LeaseManager manager = manager("kvm1");
          format(manager);
          manager.addLockspace(LS, AREA, 0, AutoHostId.ANY, N1);
          try (LeaseSession session = manager.session(HolderLabel.command("billing"))) {
            Lease lease = session.acquire(web1(HoldMode.EXCLUSIVE));
            lease.ensureValid();
            assertThat(lease.lver()).isEqualTo(1);
            assertThat(lease.mode()).isEqualTo(HoldMode.EXCLUSIVE);
            assertThat(manager.state().resources().leases()).hasSize(1);
            lease.convert(HoldMode.SHARED);
            assertThat(lease.mode()).isEqualTo(HoldMode.SHARED);
            lease.ensureValid();
            lease.release();
            assertThatThrownBy(lease::ensureValid).hasMessageContaining("released");
            assertThat(session.acquire(web1(HoldMode.EXCLUSIVE)).lver()).isEqualTo(2);
            session.releaseAll();
          }
          assertThat(manager.state().lockspaces()).hasSize(1);
          assertThat(manager.state().watchdogProtects()).isFalse();
        });
  }

  @Test
  void whatOneHostHoldsTheOtherIsRefusedAndToldByWhom() throws Exception {
    run(
        () -> {
          LeaseManager one = manager("kvm1");
          LeaseManager two = manager("kvm2");
          format(one);
          one.addLockspace(LS, AREA, 0, AutoHostId.ANY, N1);
          two.addLockspace(LS, AREA, 0, AutoHostId.ANY, N1);
          Lease lease =
              one.session(HolderLabel.command("billing")).acquire(web1(HoldMode.EXCLUSIVE));
          LeaseSession other = two.session(HolderLabel.command("other"));
          long start = time.bootNanos();
          assertThatThrownBy(() -> other.acquire(web1(HoldMode.EXCLUSIVE)))
              .isInstanceOfSatisfying(
                  LeaseRefusedException.class,
                  refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.ACQUIRE_IDLIVE);
                    assertThat(refused.refusal().culprit().orElseThrow().hostName())
                        .contains("kvm1");
                    assertThat(refused.detail()).contains("kvm1").contains("billing");
                  });
          assertThat(time.bootNanos() - start).isLessThan(4_000_000_000L);
          lease.release();
          other.acquire(web1(HoldMode.EXCLUSIVE)).ensureValid();
        });
  }

  @Test
  void aLeaseOfALostLockspaceIsInvalidForGoodEvenAfterANewJoin() throws Exception {
    run(
        () -> {
          LeaseManager manager = manager("kvm1");
          format(manager);
          LockspaceSpec spec = new LockspaceSpec(LS, 1, AREA, 0);
          manager.addLockspace(spec, N1.withOnLoss(JoinOptions.OnLoss.TELL_THEN_KILL));
          LeaseSession session = manager.session(HolderLabel.command("billing"));
          Lease lease = session.acquire(web1(HoldMode.EXCLUSIVE));
          storage.always(op -> op.kind() == Op.Kind.WRITE && op.path().equals(AREA), Fault.EIO);
          time.sleep(Duration.ofSeconds(8));
          assertThatThrownBy(lease::ensureValid)
              .isInstanceOfSatisfying(
                  LeaseException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ENOSPC));
          assertThat(heard).containsSubsequence("kvm1 atRisk", "kvm1 atRisk", "kvm1 lost EXPIRED");
          // The program lets go in time: nobody is killed, and the lockspace can be joined again.
          session.releaseAll();
          time.sleep(Duration.ofSeconds(1));
          assertThat(manager.lockspaces()).isEmpty();
          assertThat(processes.log()).isEmpty();
          storage.heal();
          manager.addLockspace(spec.withHostId(2), N1);
          assertThatThrownBy(lease::ensureValid).isInstanceOf(LeaseException.class);
          // Our old host id is left as it was, so even we wait until it is provably dead.
          long start = time.bootNanos();
          assertThat(session.acquire(web1(HoldMode.EXCLUSIVE)).lver()).isEqualTo(2);
          assertThat(time.bootNanos() - start).isBetween(60_000_000_000L, 70_000_000_000L);
        });
  }

  @Test
  void holdersOfALostLockspaceAreToldToStopThenKilled() throws Exception {
    run(
        () -> {
          LeaseManager manager = manager("kvm1");
          format(manager);
          manager.addLockspace(new LockspaceSpec(LS, 1, AREA, 0), N1);
          FakeProcesses.FakeProcess guest = processes.spawn(4242).makeImmune();
          HolderId holder = manager.register(4242, Lifetime.PROCESS, HolderLabel.NONE);
          assertThat(manager.acquire(holder, AcquireRequest.of(web1(HoldMode.EXCLUSIVE))))
              .isInstanceOf(AcquireResult.Granted.class);
          storage.always(op -> op.kind() == Op.Kind.WRITE && op.path().equals(AREA), Fault.EIO);
          time.sleep(Duration.ofSeconds(60));
          assertThat(processes.log())
              .startsWith("signal 15 to 4242")
              .endsWith("signal 9 to 4242")
              .hasSizeBetween(40, 100);
          assertThat(manager.lockspaces().getFirst().killing()).isTrue();
          guest.die();
          time.sleep(Duration.ofSeconds(3));
          assertThat(manager.lockspaces()).isEmpty();
          assertThat(heard).contains("kvm1 gone");
        });
  }

  @Test
  void shutdownIsRefusedWhileALockspaceExistsAndForcedOtherwise() throws Exception {
    run(
        () -> {
          LeaseManager manager = manager("kvm1");
          format(manager);
          manager.addLockspace(new LockspaceSpec(LS, 1, AREA, 0), N1);
          assertThatThrownBy(() -> manager.shutdown(false))
              .isInstanceOfSatisfying(
                  LeaseException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.EBUSY));
          manager.ensureValid(LS);
          processes.spawn(4242);
          HolderId holder = manager.register(4242, Lifetime.PROCESS, HolderLabel.NONE);
          manager.acquire(
              holder,
              new AcquireRequest(List.of(web1(HoldMode.EXCLUSIVE)), AcquireOptions.DEFAULT));
          manager.shutdown(true);
          assertThat(processes.log()).contains("signal 9 to 4242");
          assertThat(manager.lockspaces()).isEmpty();
          assertThatThrownBy(() -> manager.addLockspace(new LockspaceSpec(LS, 1, AREA, 0), N1))
              .isInstanceOf(LeaseException.class);
        });
  }

  @Test
  void aRefusedShutdownDisturbsNoWait() throws Exception {
    run(
        () -> {
          LeaseManager one = manager("kvm1");
          LeaseManager two = manager("kvm2");
          format(one);
          one.addLockspace(LS, AREA, 0, AutoHostId.ANY, N1);
          two.addLockspace(LS, AREA, 0, AutoHostId.ANY, N1);
          one.session(HolderLabel.command("billing")).acquire(web1(HoldMode.EXCLUSIVE));
          storage.always(op -> op.host().equals("kvm1"), Fault.EIO);
          time.sleep(Duration.ofSeconds(20));
          processes.spawn(1); // that of kvm1 was stopped with its leases
          LeaseSession next = two.session(HolderLabel.command("next"));
          List<Long> versions = new ArrayList<>();
          Task waiting =
              time.start("acquire", () -> versions.add(versionOf(next, HoldMode.EXCLUSIVE)));
          time.sleep(Duration.ofSeconds(5));
          assertThat(versions).isEmpty();
          assertThatThrownBy(() -> two.shutdown(false)).isInstanceOf(LeaseException.class);
          assertThat(waiting.join(Duration.ofSeconds(80))).isTrue();
          assertThat(versions).containsExactly(2L);
        });
  }

  @Test
  void aTakeOverIsToldWithWhoWhatAndForWhom() throws Exception {
    run(
        () -> {
          LeaseManager one = manager("kvm1");
          LeaseManager two = manager("kvm2");
          format(one);
          one.addLockspace(LS, AREA, 0, AutoHostId.ANY, N1);
          two.addLockspace(LS, AREA, 0, AutoHostId.ANY, N1);
          LeaseSession first = one.session(HolderLabel.command("billing"));
          first.acquire(web1(HoldMode.EXCLUSIVE)).release();
          LeaseSession next = two.session(HolderLabel.command("next"));
          next.acquire(web1(HoldMode.EXCLUSIVE)).release();
          first.acquire(web1(HoldMode.EXCLUSIVE));
          storage.always(op -> op.host().equals("kvm1"), Fault.EIO);
          time.sleep(Duration.ofSeconds(80));
          assertThat(heard).noneMatch(line -> line.contains("took"));
          processes.spawn(1); // that of kvm1 was stopped with its leases
          two.session(HolderLabel.guest("web1", Optional.empty()))
              .acquire(web1(HoldMode.EXCLUSIVE));
          time.sleep(Duration.ofSeconds(1));
          assertThat(heard)
              .filteredOn(line -> line.startsWith("kvm2"))
              .containsExactly(
                  "kvm2 took LS:web1 at /lease/web1 from kvm1 1 1 DEAD for guest web1 1");
        });
  }

  @Test
  void aJoinThatFailsIsTold() throws Exception {
    run(
        () -> {
          LeaseManager manager = manager("kvm1");
          assertThatThrownBy(() -> manager.addLockspace(new LockspaceSpec(LS, 1, AREA, 0), N1))
              .isInstanceOf(LeaseException.class);
          time.sleep(Duration.ofSeconds(1));
          assertThat(heard).containsExactly("kvm1 not joined LEADER_MAGIC");
          assertThatThrownBy(() -> manager.addLockspace(LS, AREA, 0, AutoHostId.ANY, N1))
              .isInstanceOf(LeaseException.class);
          time.sleep(Duration.ofSeconds(1));
          assertThat(heard).hasSize(2).containsOnly("kvm1 not joined LEADER_MAGIC");
        });
  }

  private static long versionOf(LeaseSession session, HoldMode mode) {
    try {
      return session.acquire(web1(mode)).lver();
    } catch (LeaseException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void closingReleasesLeasesAndHostIdWithoutKillingAnybody() throws Exception {
    run(
        () -> {
          LeaseManager one = manager("kvm1");
          format(one);
          one.addLockspace(LS, AREA, 0, AutoHostId.ANY, N1);
          one.session(HolderLabel.command("billing")).acquire(web1(HoldMode.EXCLUSIVE));
          one.close();
          assertThat(processes.log()).isEmpty();
          assertThat(heard).contains("kvm1 gone");
          LeaseManager two = manager("kvm2");
          two.addLockspace(LS, AREA, 0, AutoHostId.ANY, N1);
          assertThat(two.lockspaces().getFirst().spec().hostId()).isEqualTo(1);
          two.session(HolderLabel.command("next")).acquire(web1(HoldMode.EXCLUSIVE));
        });
  }

  /** Else another host could take the id, share the lease, and be wiped out by the late write. */
  @Test
  void closingKeepsTheHostIdWhileAWriteToALeaseMayStillLand() throws Exception {
    run(
        () -> {
          LeaseManager one = manager("kvm1");
          format(one);
          one.addLockspace(LS, AREA, 0, AutoHostId.ANY, N1);
          one.session(HolderLabel.command("billing")).acquire(web1(HoldMode.SHARED));
          time.sleep(Duration.ofSeconds(1));
          storage.always(
              op -> op.writes(DISK, Geometry.SECTOR_512.hostSectorOffset(1)), Fault.HANG);
          one.close();
          storage.heal();
          LeaseManager two = manager("kvm2");
          two.addLockspace(LS, AREA, 0, AutoHostId.ANY, N1);
          assertThat(two.lockspaces().getFirst().spec().hostId()).isEqualTo(2);
          LeaderRecord left = LeaderRecord.decode(MemorySegment.ofArray(storage.content(AREA)), 0);
          assertThat(left.isFree()).isFalse();
          assertThat(one.state().resources().leases()).hasSize(1);
          storage.unhang();
          time.sleep(Duration.ofSeconds(1));
          assertThat(one.state().resources().leases()).isEmpty();
        });
  }

  private final class Ear implements LeaseListener {
    private final String host;

    Ear(String host) {
      this.host = host;
    }

    @Override
    public void atRisk(Name lockspace, Duration remaining) {
      heard.add(host + " atRisk");
    }

    @Override
    public void lost(Name lockspace, LossReason reason, String words) {
      heard.add(host + " lost " + reason);
    }

    @Override
    public void gone(Name lockspace) {
      heard.add(host + " gone");
    }

    @Override
    public void joinFailed(LockspaceSpec lockspace, LeaseException why) {
      heard.add(host + " not joined " + why.code());
    }

    @Override
    public void leaseTakenOver(TakeOver news) {
      ResourceLocation where = news.lease().where();
      heard.add(
          "%s took %s at %s from %s %d %d %s for %s %d"
              .formatted(
                  host,
                  where.id(),
                  where.disks().getFirst().path(),
                  news.from().name().orElseThrow(),
                  news.from().leader().ownerId(),
                  news.from().leader().ownerGeneration(),
                  news.from().end(),
                  news.label().inWords(),
                  news.pid()));
    }
  }

  /** No watchdog. */
  private static final class Unguarded implements Watchdog {
    @Override
    public boolean protects() {
      return false;
    }

    @Override
    public String description() {
      return "none";
    }

    @Override
    public Test open(String name) {
      return new Test() {
        @Override
        public void live(long renewalSeconds, long expireSeconds) {}

        @Override
        public void clear() {}

        @Override
        public void close() {}
      };
    }
  }
}
