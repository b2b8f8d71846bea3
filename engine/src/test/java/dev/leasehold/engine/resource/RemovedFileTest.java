// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import static dev.leasehold.engine.resource.FakeHost.created;
import static dev.leasehold.engine.resource.FakeHost.exclusive;
import static dev.leasehold.engine.resource.FakeHost.shared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.resource.fake.Fault;
import dev.leasehold.engine.resource.fake.Op;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.HostSector;
import dev.leasehold.ondisk.LeaseException;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A lease file is removed by another host, as NFS shows it to the one that has it open. */
class RemovedFileTest {
  private static final Fault STALE = new Fault.Fail(116);
  private static final long OWN = World.G.hostSectorOffset(1);

  private static boolean ofKvm1(Op op) {
    return op.host().equals("kvm1") && op.path().equals(World.path("a"));
  }

  /** What kvm1 has open is stale from the first call on that matches, until it opens a file. */
  private static void staleFrom(World world, Predicate<Op> first, Runnable removal) {
    boolean[] stale = {false};
    boolean[] over = {false};
    world.storage.faults(
        op -> {
          if (!ofKvm1(op) || over[0]) {
            return Fault.NONE;
          }
          if (!stale[0] && first.test(op)) {
            stale[0] = true;
            removal.run();
          }
          over[0] = stale[0] && op.kind() == Op.Kind.OPEN && world.storage.exists(op.path());
          return stale[0] && op.kind() != Op.Kind.OPEN ? STALE : Fault.NONE;
        });
  }

  private static void released(FakeHost host, HolderId holder) {
    assertThatThrownBy(() -> host.release(holder, "a"))
        .isInstanceOfSatisfying(
            LeaseException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ESTALE));
  }

  @Test
  void thereIsNothingToReleaseInAFileThatIsNoMore() throws Exception {
    for (LeaseRequest request : List.of(exclusive("a"), shared("a"))) {
      World.run(
          world -> {
            world.format("a");
            FakeHost host = world.host(1);
            HolderId holder = host.holder(10);
            host.granted(holder, request);
            world.pass(1);
            staleFrom(world, op -> true, () -> world.storage.remove(World.path("a")));
            released(host, holder);
            world.pass(1);
            host.assertClean();
            assertThat(world.storage.openStores()).isZero();
            world.storage.heal();
            host.granted(holder, created("a"));
          });
    }
  }

  @Test
  void norToRetract() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          // After both phases, at the last look before the leader record.
          boolean[] proposed = {false};
          int[] writes = {0};
          staleFrom(
              world,
              op -> {
                writes[0] += op.writes(World.path("a"), OWN) ? 1 : 0;
                proposed[0] = writes[0] == 2 && op.kind() == Op.Kind.READ;
                return proposed[0];
              },
              () -> world.storage.remove(World.path("a")));
          host.refused(holder, ErrorCode.DBLOCK_READ, exclusive("a"));
          assertThat(proposed[0]).isTrue();
          world.pass(1);
          host.assertClean();
          assertThat(world.storage.openStores()).isZero();
        });
  }

  @Test
  void aFileThatWasMadeAnewIsLeftAlone() throws Exception {
    for (LeaseRequest request : List.of(exclusive("a"), shared("a"))) {
      World.run(
          world -> {
            world.format("a");
            FakeHost host = world.host(1);
            FakeHost rival = world.host(2);
            HolderId holder = host.holder(10);
            host.granted(holder, request);
            world.pass(1);
            staleFrom(world, op -> true, () -> world.format("a"));
            released(host, holder);
            rival.granted(rival.holder(20), exclusive("a"));
            world.pass(60);
            host.assertClean();
            assertThat(world.sector("a", 1)).isEqualTo(HostSector.EMPTY);
            world.assertOwner("a", rival);
          });
    }
  }

  /** The server was started again: the handle is stale, but the file is the one that we used. */
  @Test
  void aRetractGoesOnWithTheSameFile() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          staleFrom(world, op -> op.writes(World.path("a"), 0), () -> {});
          host.refused(host.holder(10), ErrorCode.ESTALE, exclusive("a"));
          assertThat(host.state("a")).contains(LeaseState.RELEASING);
          world.pass(30);
          host.assertClean();
          assertThat(world.sector("a", 1).dblock().isReleased()).isTrue();
        });
  }

  @ParameterizedTest
  @EnumSource(
      value = Op.Kind.class,
      names = {"READ", "WRITE", "LEADS_TO"})
  void anAcquisitionStartsAfresh(Op.Kind when) throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          boolean[] removed = {false};
          staleFrom(
              world,
              op -> op.kind() == when,
              () -> {
                world.storage.remove(World.path("a"));
                world.format("a");
                removed[0] = true;
              });
          host.granted(host.holder(10), created("a"));
          assertThat(removed[0]).isTrue();
          world.assertOwner("a", host);
          assertThat(world.leader("a").lver()).isEqualTo(1);
        });
  }

  @Test
  void aLeaseThatIsNotMadeWhenMissingIsMissing() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          staleFrom(
              world, op -> op.kind() == Op.Kind.READ, () -> world.storage.remove(World.path("a")));
          host.refused(host.holder(10), ErrorCode.ENOENT, exclusive("a"));
          host.assertClean();
        });
  }
}
