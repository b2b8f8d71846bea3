// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import static dev.leasehold.engine.resource.FakeHost.created;
import static dev.leasehold.engine.resource.FakeHost.exclusive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.port.Tasks;
import dev.leasehold.engine.resource.fake.Fault;
import dev.leasehold.engine.resource.fake.Op;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaderRecord;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** docs/design.md, "Cheap leases" and "Lease files without races". */
class FirstLeaseTest {
  private static final Predicate<Op> PUBLISH = op -> op.kind() == Op.Kind.PUBLISH;

  @Test
  void aFirstLeaseIsBornHeldWithoutABallot() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(3);
          HolderId holder = host.holder(10);
          assertThat(host.granted(holder, created("a")).getFirst().lver()).isEqualTo(1);
          assertThat(world.storage.log())
              .extracting(Op::kind)
              .containsExactly(Op.Kind.OPEN, Op.Kind.PUBLISH);
          world.assertOwner("a", host);
          LeaderRecord leader = world.leader("a");
          assertThat(leader.ownerGeneration()).isEqualTo(1);
          assertThat(leader.numHosts()).isEqualTo(14);
          assertThat(world.storage.content(World.path("a"))).hasSize(1 << 20);
          FakeHost other = world.host(2);
          other.refused(other.holder(20), ErrorCode.ACQUIRE_IDLIVE, created("a"));
          host.release(holder, "a");
          world.assertFree("a");
          other.granted(other.holder(21), created("a"));
          world.assertOwner("a", other);
        });
  }

  @Test
  void aFirstSharedLeaseToo() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(1);
          FakeHost other = world.host(2);
          HolderId holder = host.holder(10);
          LeaseRequest request =
              LeaseRequest.of(World.at("a"), HoldMode.SHARED).creating(CreatePolicy.DEFAULT);
          host.granted(holder, request);
          world.assertFree("a");
          assertThat(world.sector("a", 1).mode().isShared()).isTrue();
          HolderId second = other.holder(20);
          other.granted(second, request);
          host.release(holder, "a");
          assertThat(world.sector("a", 1).mode().isShared()).isFalse();
          other.refused(other.holder(21), ErrorCode.EEXIST, created("a"));
        });
  }

  @Test
  void aMissingFileIsNotMadeUnlessWanted() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(1);
          host.refused(host.holder(10), ErrorCode.ENOENT, exclusive("a"));
          assertThat(world.storage.exists(World.path("a"))).isFalse();
          host.assertClean();
        });
  }

  @Test
  void onlyAFileOfItsOwnIsMade() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(1);
          ResourceLocation second =
              ResourceLocation.of(World.id("a"), new DiskLocation("/dev/vg/leases", 1 << 20));
          host.refused(
              host.holder(10),
              ErrorCode.EINVAL,
              LeaseRequest.of(second, HoldMode.EXCLUSIVE).creating(CreatePolicy.DEFAULT));
        });
  }

  @Test
  void ofHostsThatRaceForAFirstLeaseOneHasIt() throws Exception {
    World.runSeeds(
        40,
        world -> {
          List<FakeHost> hosts = List.of(world.host(1), world.host(2), world.host(3));
          List<Tasks.Task> tasks = new ArrayList<>();
          List<AcquireResult> results = new ArrayList<>();
          for (FakeHost host : hosts) {
            HolderId holder = host.holder(10);
            tasks.add(
                world.time.start("race", () -> results.add(host.acquire(holder, created("a")))));
          }
          tasks.forEach(task -> task.join(Duration.ofSeconds(300)));
          assertThat(results).hasSize(3);
          assertThat(results.stream().filter(AcquireResult.Granted.class::isInstance)).hasSize(1);
        });
  }

  @Test
  void aNameThatWasTakenMeanwhileLeadsToAnOrdinaryAcquisition() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          // Another host makes the file, free, between our look and our publication.
          world.storage.before(PUBLISH, () -> world.format("a"));
          assertThat(host.granted(holder, created("a")).getFirst().lver()).isEqualTo(1);
          world.assertOwner("a", host);
        });
  }

  @Test
  void aPublicationWithoutAnswerThatTookEffectIsHeld() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          world.storage.once(PUBLISH, Fault.HANG);
          world.time.start(
              "storage",
              () -> {
                world.time.sleep(Duration.ofSeconds(22));
                world.storage.unhang();
              });
          // Nothing is assumed: the file is opened and acquired like any other.
          assertThat(host.granted(holder, created("a")).getFirst().lver()).isEqualTo(2);
          world.assertOwner("a", host);
          host.release(holder, "a");
          world.assertFree("a");
          host.assertClean();
        });
  }

  @Test
  void aPublicationWithoutAnswerMayTurnOutToBeAnothersFile() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          FakeHost rival = world.host(2);
          HolderId other = rival.holder(20);
          world.storage.once(PUBLISH, Fault.VANISH);
          world.time.start(
              "rival",
              () -> {
                world.time.sleep(Duration.ofSeconds(10));
                rival.granted(other, created("a"));
              });
          host.refused(holder, ErrorCode.ACQUIRE_IDLIVE, created("a"));
          world.assertOwner("a", rival);
          host.assertClean();
        });
  }

  @Test
  void aPublicationThatNeverTakesEffectIsAnErrorAndIsForgottenInTheEnd() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          world.storage.once(PUBLISH, Fault.VANISH);
          Refusal refusal = host.refused(holder, ErrorCode.AIO_TIMEOUT, created("a"));
          assertThat(refusal.message()).contains(World.path("a"), "try again");
          assertThat(host.state("a")).contains(LeaseState.RELEASING);
          host.refused(holder, ErrorCode.EAGAIN, created("a"));
          world.pass(60);
          host.assertClean();
          host.granted(holder, created("a"));
        });
  }

  @Test
  void aPublicationThatTakesEffectAfterItWasGivenUpIsReleased() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          world.storage.once(PUBLISH, Fault.HANG);
          host.refused(holder, ErrorCode.AIO_TIMEOUT, created("a"));
          world.storage.unhang();
          world.assertOwner("a", host);
          world.pass(60);
          world.assertFree("a");
          host.assertClean();
          FakeHost other = world.host(2);
          other.granted(other.holder(20), created("a"));
        });
  }

  @Test
  void aSharedPublicationThatTakesEffectLateIsReleasedEvenIfOthersShareItByThen() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(1);
          FakeHost other = world.host(2);
          LeaseRequest request =
              LeaseRequest.of(World.at("a"), HoldMode.SHARED).creating(CreatePolicy.DEFAULT);
          world.storage.once(PUBLISH, Fault.HANG);
          host.refused(host.holder(10), ErrorCode.AIO_TIMEOUT, request);
          world.storage.unhang();
          other.granted(other.holder(20), request);
          world.pass(60);
          assertThat(world.sector("a", 1).mode().isShared()).isFalse();
          assertThat(world.sector("a", 2).mode().isShared()).isTrue();
          host.assertClean();
        });
  }

  @Test
  void aFailureToMakeTheFileIsReported() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          world.storage.once(PUBLISH, new Fault.Fail(13));
          host.refused(holder, ErrorCode.EACCES, created("a"));
          world.storage.once(PUBLISH, new Fault.Fail(28));
          host.refused(holder, ErrorCode.ENOSPC, created("a"));
          host.assertClean();
        });
  }

  @Test
  void nothingIsMadeWithAHostLeaseThatHasRunOut() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          world.storage.before(op -> op.kind() == Op.Kind.OPEN, host.lockspace::runOut);
          host.refused(holder, ErrorCode.ENOSPC, created("a"));
          assertThat(world.storage.exists(World.path("a"))).isFalse();
        });
  }

  @Test
  void aBirthInALockspaceThatWasLostMeanwhileIsNotGranted() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          world.storage.before(PUBLISH, host.lockspace::runOut);
          host.refused(holder, ErrorCode.ENOSPC, created("a"));
          assertThat(host.holds(holder)).isEmpty();
        });
  }

  /** libvirt's plugin makes a file, fills it with zeros, then initialises the lease in it. */
  @Test
  void aFileThatAnotherHostIsMakingIsWaitedFor() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          world.storage.create(World.path("a"), new byte[0]);
          world.time.start(
              "plugin",
              () -> {
                world.time.sleep(Duration.ofMillis(700));
                byte[] zeros = new byte[1 << 20];
                world.storage.create(World.path("a"), zeros);
                world.time.sleep(Duration.ofMillis(700));
                world.format("a");
              });
          host.granted(holder, created("a"));
          world.assertOwner("a", host);
          assertThat(world.storage.openStores()).isEqualTo(1);
        });
  }

  /** Found empty, and finished before it is looked at what is wrong with it. */
  @Test
  void aFileThatIsFinishedAtThisMomentIsUsed() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          world.format("a");
          byte[] file = world.storage.content(World.path("a"));
          byte[] finished = file.clone();
          java.util.Arrays.fill(file, (byte) 0);
          world.storage.before(
              op -> op.reads(World.path("a"), 0) && op.length() == 512,
              () -> System.arraycopy(finished, 0, file, 0, file.length));
          host.granted(holder, created("a"));
          world.assertOwner("a", host);
          assertThat(world.storage.openStores()).isEqualTo(1);
        });
  }

  @Test
  void aFileThatStaysEmptyIsAnErrorThatSaysWhatToDoAndIsNotTouched() throws Exception {
    for (int size : new int[] {0, 100, 512, 1 << 20}) {
      World.run(
          world -> {
            FakeHost host = world.host(1);
            HolderId holder = host.holder(10);
            world.storage.create(World.path("a"), new byte[size]);
            long start = world.time.bootNanos();
            AcquireResult result = host.acquire(holder, created("a"));
            assertThat(result).isInstanceOf(AcquireResult.Refused.class);
            Refusal refusal = ((AcquireResult.Refused) result).refusal();
            assertThat(refusal.code()).isIn(ErrorCode.EMSGSIZE, ErrorCode.LEADER_MAGIC);
            assertThat(refusal.message()).contains(World.path("a"), "remove the file");
            assertThat(Duration.ofNanos(world.time.bootNanos() - start))
                .isBetween(Duration.ofSeconds(4), Duration.ofSeconds(8));
            assertThat(world.storage.content(World.path("a"))).isEqualTo(new byte[size]);
            assertThat(world.storage.count(op -> op.kind() == Op.Kind.WRITE)).isZero();
            host.assertClean();
            assertThat(world.storage.openStores()).isZero();
          });
    }
  }

  @Test
  void aFileOfRandomBytesIsRefusedAtOnce() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(1);
          byte[] bytes = new byte[1 << 20];
          new java.util.Random(5).nextBytes(bytes);
          world.storage.create(World.path("a"), bytes.clone());
          Refusal refusal = host.refused(host.holder(10), ErrorCode.LEADER_MAGIC, created("a"));
          assertThat(refusal.message()).contains(World.path("a"), "not a lease file");
          assertThat(world.storage.content(World.path("a"))).isEqualTo(bytes);
          assertThat(world.storage.log()).hasSizeLessThan(6);
        });
  }

  @Test
  void aFileOfAnotherResourceIsRefusedByName() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          ResourceLocation other =
              ResourceLocation.of(World.id("b"), DiskLocation.of(World.path("a")));
          Refusal refusal =
              host.refused(
                  host.holder(10),
                  ErrorCode.LEADER_RESOURCE,
                  LeaseRequest.of(other, HoldMode.EXCLUSIVE).creating(CreatePolicy.DEFAULT));
          assertThat(refusal.message()).contains(World.path("a"));
        });
  }

  private static void clear(World world, String resource) {
    LeaderRecord cleared = world.leader(resource).cleared(77);
    cleared.encodeSector(
        MemorySegment.ofArray(world.storage.content(World.path(resource))), 0, 512);
  }

  @Test
  void aFileThatIsBeingRemovedIsMadeAnewWhenItIsGone() throws Exception {
    World.run(
        world -> {
          world.format("a");
          clear(world, "a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          world.time.start(
              "cleanup",
              () -> {
                world.time.sleep(Duration.ofMillis(800));
                world.storage.remove(World.path("a"));
              });
          assertThat(host.granted(holder, created("a")).getFirst().lver()).isEqualTo(1);
          world.assertOwner("a", host);
        });
  }

  @Test
  void aClearedFileThatStaysIsAnError() throws Exception {
    World.run(
        world -> {
          world.format("a");
          clear(world, "a");
          FakeHost host = world.host(1);
          Refusal refusal = host.refused(host.holder(10), ErrorCode.LEADER_MAGIC, created("a"));
          assertThat(refusal.message()).contains("given up for removal", "remove the file");
          // Whoever did not ask for a file to be made is told at once.
          long start = world.time.bootNanos();
          host.refused(host.holder(11), ErrorCode.LEADER_MAGIC, exclusive("a"));
          assertThat(Duration.ofNanos(world.time.bootNanos() - start))
              .isLessThan(Duration.ofSeconds(1));
        });
  }

  /** The file is removed, or replaced, while it is being acquired: what was acquired is nothing. */
  @Test
  void aFileThatWasReplacedDuringTheAcquisitionIsNotRelied() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          FakeHost rival = world.host(2);
          HolderId holder = host.holder(10);
          HolderId other = rival.holder(20);
          world.storage.before(
              op -> op.host().equals("kvm1") && op.kind() == Op.Kind.WRITE,
              () -> {
                world.storage.remove(World.path("a"));
                world.time.start("rival", () -> rival.granted(other, created("a")));
              });
          host.refused(holder, ErrorCode.ACQUIRE_IDLIVE, created("a"));
          world.assertOwner("a", rival);
          host.assertClean();
        });
  }

  @Test
  void aFileThatWasRemovedDuringTheAcquisitionIsMadeAnew() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          world.storage.before(
              op -> op.writes(World.path("a"), 0), () -> world.storage.remove(World.path("a")));
          host.granted(holder, created("a"));
          world.assertOwner("a", host);
          assertThat(world.storage.openStores()).isEqualTo(1);
        });
  }

  @Test
  void aNameThatCannotBeCheckedIsAnErrorAndTheLeaseIsGivenBack() throws Exception {
    for (Fault fault : List.of(Fault.EIO, Fault.HANG)) {
      World.run(
          world -> {
            world.format("a");
            FakeHost host = world.host(1);
            world.storage.once(op -> op.kind() == Op.Kind.LEADS_TO, fault);
            host.refused(
                host.holder(10),
                fault == Fault.EIO ? ErrorCode.EIO : ErrorCode.AIO_TIMEOUT,
                created("a"));
            world.assertFree("a");
            host.assertClean();
            assertThat(world.storage.openStores()).isZero();
          });
    }
  }

  @Test
  void theHolderMayEndDuringTheBirth() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(1);
          var process = host.processes.spawn(10);
          HolderId holder =
              host.engine.register(
                  10,
                  dev.leasehold.engine.holder.Lifetime.PROCESS,
                  dev.leasehold.engine.holder.HolderLabel.NONE);
          world.storage.before(PUBLISH, process::die);
          host.refused(holder, ErrorCode.ENOTTY, created("a"));
          world.pass(2);
          world.assertFree("a");
          host.assertClean();
        });
  }

  @Test
  void aLeaseThatIsMissingHasNoVersion() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.refused(holder, ErrorCode.ACQUIRE_LVER, created("a").wantingLver(3));
          assertThat(world.storage.exists(World.path("a"))).isFalse();
          host.assertClean();
          host.granted(holder, created("a").wantingLver(0));
        });
  }
}
