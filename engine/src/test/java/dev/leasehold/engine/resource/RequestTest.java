// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import static dev.leasehold.engine.resource.FakeHost.exclusive;
import static dev.leasehold.engine.resource.FakeHost.shared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.holder.KillPath;
import dev.leasehold.engine.holder.Lifetime;
import dev.leasehold.engine.holder.Restrictions;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import java.util.OptionalLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** docs/spec/algorithms.md 3.9. */
class RequestTest {
  private static final OptionalLong NEXT = OptionalLong.empty();

  private static void fails(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(LeaseException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static HolderId immune(FakeHost host, int pid) throws LeaseException {
    host.processes.spawn(pid).makeImmune();
    return host.engine.register(pid, Lifetime.PROCESS, HolderLabel.NONE);
  }

  @Test
  void aRequestIsWrittenAndTheOwnerNotified() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost owner = world.host(2);
          HolderId holder = immune(owner, 10);
          owner.granted(holder, exclusive("a"));
          FakeHost host = world.host(1);
          host.engine.request(World.at("a"), NEXT, ForceMode.GRACEFUL);
          assertThat(world.request("a").lver()).isEqualTo(2);
          assertThat(host.lockspace.notified).containsExactly(2L);
          owner.engine.examineAll(owner.lockspace);
          world.pass(1);
          assertThat(owner.processes.log()).containsExactly("signal 15 to 10");
          host.engine.request(World.at("a"), OptionalLong.of(2), ForceMode.FORCE);
          owner.engine.examine(World.id("a"));
          world.pass(1);
          assertThat(owner.processes.log()).containsExactly("signal 15 to 10", "signal 9 to 10");
        });
  }

  @Test
  void killProgramAndRestrictionsAreThoseOfTheAcquisition() throws Exception {
    World.run(
        world -> {
          world.format("a", "b");
          FakeHost owner = world.host(2);
          HolderId one = immune(owner, 10);
          HolderId two = immune(owner, 11);
          owner.engine.setKillPath(one, new KillPath("/bin/old", "x", true));
          owner.engine.restrict(two, new Restrictions(false, true, false));
          owner.granted(one, exclusive("a"));
          owner.granted(two, exclusive("b"));
          owner.engine.setKillPath(one, new KillPath("/bin/new", "x", true));
          owner.engine.restrict(two, Restrictions.NONE);
          FakeHost host = world.host(1);
          host.engine.request(World.at("a"), NEXT, ForceMode.GRACEFUL);
          host.engine.request(World.at("b"), NEXT, ForceMode.FORCE);
          owner.engine.examineAll(owner.lockspace);
          world.pass(1);
          assertThat(owner.processes.log())
              .containsExactlyInAnyOrder("run [/bin/old, x]", "signal 15 to 11");
        });
  }

  @Test
  void whatIsFreeOrSharedOrOldIsLeftAlone() throws Exception {
    World.run(
        world -> {
          world.format("a", "b");
          FakeHost owner = world.host(2);
          HolderId holder = immune(owner, 10);
          FakeHost host = world.host(1);
          host.engine.request(World.at("a"), NEXT, ForceMode.FORCE);
          assertThat(world.request("a").lver()).isZero();
          owner.granted(holder, shared("b"), exclusive("a"));
          host.engine.request(World.at("b"), NEXT, ForceMode.FORCE);
          fails(
              ErrorCode.REQUEST_OLD,
              () -> host.engine.request(World.at("a"), OptionalLong.of(1), ForceMode.FORCE));
          host.engine.request(World.at("a"), OptionalLong.of(7), ForceMode.FORCE);
          fails(
              ErrorCode.REQUEST_LVER,
              () -> host.engine.request(World.at("a"), OptionalLong.of(6), ForceMode.FORCE));
          host.engine.request(World.at("a"), OptionalLong.of(0), ForceMode.NONE);
          assertThat(world.request("a").lver()).isZero();
          owner.engine.examineAll(owner.lockspace);
          owner.engine.examine(World.id("nothing"));
          world.pass(1);
          assertThat(owner.processes.log()).isEmpty();
          assertThat(host.lockspace.notified).containsExactly(2L);
        });
  }

  @Test
  void aHolderOnTheSameHostIsAskedDirectly() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          host.granted(immune(host, 10), exclusive("a"));
          host.engine.request(World.at("a"), NEXT, ForceMode.GRACEFUL);
          world.pass(1);
          assertThat(host.processes.log()).containsExactly("signal 15 to 10");
        });
  }

  @Test
  void nobodyIsSignalledForASharedLease() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = immune(host, 10);
          host.granted(holder, exclusive("a"));
          FakeHost other = world.host(2);
          other.engine.request(World.at("a"), NEXT, ForceMode.FORCE);
          host.engine.convert(holder, World.id("a"), dev.leasehold.lease.HoldMode.SHARED, false);
          host.engine.examineAll(host.lockspace);
          world.pass(1);
          assertThat(host.processes.log()).isEmpty();
        });
  }

  @Test
  void aRequestNeedsTheLockspaceAndTheLease() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(1);
          fails(ErrorCode.ENOENT, () -> host.engine.request(World.at("a"), NEXT, ForceMode.FORCE));
          host.lockspace.kill();
          fails(ErrorCode.ENOSPC, () -> host.engine.request(World.at("a"), NEXT, ForceMode.FORCE));
        });
  }
}
