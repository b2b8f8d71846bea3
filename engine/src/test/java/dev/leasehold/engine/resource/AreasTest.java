// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import static dev.leasehold.engine.resource.FakeHost.exclusive;
import static dev.leasehold.engine.resource.FakeHost.shared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.resource.fake.Fault;
import dev.leasehold.engine.resource.fake.Op;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.lease.PaxosHold;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Reading, initialising, several disks, and what status and resume see. */
class AreasTest {
  private static void fails(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(LeaseException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static ResourceLocation on(String... paths) {
    return new ResourceLocation(World.id("a"), Stream.of(paths).map(DiskLocation::of).toList());
  }

  @Test
  void aLeaseIsInitialisedReadAndCleared() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(1);
          fails(
              ErrorCode.ENOENT, () -> host.engine.writeResource(World.at("a"), World.G, 0, false));
          world.storage.create(World.path("a"), new byte[1 << 20]);
          fails(ErrorCode.LEADER_MAGIC, () -> host.engine.readResource(World.at("a")));
          host.engine.writeResource(World.at("a"), World.G, 30, false);
          LeaderRecord leader = host.engine.readResource(World.at("a"));
          assertThat(leader.numHosts()).isEqualTo(30);
          assertThat(leader.isFree()).isTrue();
          assertThat(host.engine.readOwners(World.at("a")).owners()).isEmpty();
          HolderId holder = host.holder(10);
          host.granted(holder, exclusive("a"));
          fails(ErrorCode.EBUSY, () -> host.engine.writeResource(World.at("a"), World.G, 0, false));
          assertThat(host.engine.readOwners(World.at("a")).owners())
              .singleElement()
              .satisfies(
                  owner -> {
                    assertThat(owner.hostId()).isEqualTo(1);
                    assertThat(owner.mode()).isEqualTo(HoldMode.EXCLUSIVE);
                    assertThat(owner.timestamp()).isPositive();
                  });
          host.release(holder, "a");
          host.engine.writeResource(World.at("a"), World.G, 0, true);
          fails(ErrorCode.LEADER_MAGIC, () -> host.engine.readResource(World.at("a")));
          host.refused(holder, ErrorCode.LEADER_MAGIC, exclusive("a"));
        });
  }

  @Test
  void nobodyAcquiresWhatIsBeingInitialised() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          world.storage.once(
              op -> op.kind() == Op.Kind.WRITE, new Fault.Slow(java.time.Duration.ofSeconds(5)));
          var task =
              world.time.start(
                  "format",
                  () -> {
                    try {
                      host.engine.writeResource(World.at("a"), World.G, 0, false);
                    } catch (LeaseException e) {
                      throw new AssertionError(e);
                    }
                  });
          world.pass(1);
          host.refused(holder, ErrorCode.EBUSY, exclusive("a"));
          fails(ErrorCode.EBUSY, () -> host.engine.writeResource(World.at("a"), World.G, 0, false));
          task.join(java.time.Duration.ofSeconds(20));
          host.granted(holder, exclusive("a"));
        });
  }

  @Test
  void aLateInitialisationCannotWipeOutALease() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          world.storage.once(op -> op.kind() == Op.Kind.WRITE, Fault.HANG);
          fails(
              ErrorCode.AIO_TIMEOUT,
              () -> host.engine.writeResource(World.at("a"), World.G, 0, false));
          world.pass(1000);
          host.refused(holder, ErrorCode.EBUSY, exclusive("a"));
          world.storage.unhang();
          world.pass(1);
          host.granted(holder, exclusive("a"));
          assertThat(world.storage.openStores()).isEqualTo(1);
        });
  }

  @Test
  void aMajorityOfDisksIsEnoughAndLessIsNot() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(1);
          FakeHost rival = world.host(2);
          for (String disk : List.of("/d1", "/d2", "/d3", "/d4")) {
            world.storage.create(disk, new byte[1 << 20]);
          }
          ResourceLocation four = on("/d1", "/d2", "/d3", "/d4");
          host.engine.writeResource(four, World.G, 0, false);
          LeaseRequest request = LeaseRequest.of(four, HoldMode.EXCLUSIVE);
          HolderId holder = host.holder(10);
          host.granted(holder, request);
          rival.refused(rival.holder(20), ErrorCode.ACQUIRE_IDLIVE, request);
          host.release(holder, "a");
          world.storage.remove("/d3");
          host.granted(holder, request);
          host.release(holder, "a");
          // Two of four are not a majority, even though they would be of what is left.
          world.storage.remove("/d2");
          Refusal refusal = host.refused(holder, ErrorCode.ENOENT, request);
          assertThat(refusal.message()).contains("/d2");
          host.assertClean();
          assertThat(world.storage.openStores()).isZero();
        });
  }

  @Test
  void aDiskThatFailsMeanwhileCountsAgainstTheMajority() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(1);
          for (String disk : List.of("/d1", "/d2", "/d3", "/d4")) {
            world.storage.create(disk, new byte[1 << 20]);
          }
          ResourceLocation four = on("/d1", "/d2", "/d3", "/d4");
          host.engine.writeResource(four, World.G, 0, false);
          world.storage.remove("/d4");
          world.storage.always(
              op -> op.path().equals("/d3") && op.kind() == Op.Kind.WRITE, Fault.EIO);
          AcquireResult result =
              host.acquire(host.holder(10), LeaseRequest.of(four, HoldMode.EXCLUSIVE));
          assertThat(result).isInstanceOf(AcquireResult.Refused.class);
        });
  }

  @Test
  void inquiryPrintsWhatSanlockPrints() throws Exception {
    World.run(
        world -> {
          world.format("a", "b");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          assertThat(Inquiry.text(host.engine.inquire(holder))).isEmpty();
          host.granted(holder, exclusive("a"), shared("b"));
          assertThat(Inquiry.text(host.engine.inquire(holder)))
              .isEqualTo("LS:a:/lease/a:0:1 LS:b:/lease/b:0:SH");
          HeldLease odd =
              new HeldLease(0, on("/with space:colon\\ escaped", "/x"), HoldMode.EXCLUSIVE, 7);
          assertThat(Inquiry.text(List.of(odd)))
              .isEqualTo("LS:a:/with\\ space\\:colon\\ escaped:0:/x:0:7");
        });
  }

  @Test
  void theSnapshotHoldsWhatAResumeNeeds() throws Exception {
    World.run(
        world -> {
          world.format("a", "b");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.granted(holder, exclusive("a").forDisk("/srv/a"), shared("b").asPersistent());
          ResourceSnapshot snapshot = host.engine.snapshot();
          assertThat(snapshot.holders())
              .singleElement()
              .satisfies(
                  h -> {
                    assertThat(h.id()).isEqualTo(holder);
                    assertThat(h.process().pid()).isEqualTo(10);
                    assertThat(h.label().name()).isEqualTo("web10");
                  });
          LeaseSnapshot a = snapshot.leases().getFirst();
          assertThat(a.where()).isEqualTo(World.at("a"));
          assertThat(a.state()).isEqualTo(LeaseState.HELD);
          assertThat(a.lver()).isEqualTo(1);
          assertThat(a.hold().map(PaxosHold::leader)).contains(world.leader("a"));
          assertThat(a.diskPath()).contains("/srv/a");
          assertThat(a.holders()).containsExactly(new LeaseSnapshot.Share(holder, 10, 0, false));
          assertThat(snapshot.leases().get(1).holders())
              .containsExactly(new LeaseSnapshot.Share(holder, 10, 1, true));
          host.release(holder, "a");
          assertThat(snapshot.leases()).hasSize(2);
        });
  }
}
