// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import static dev.leasehold.engine.resource.FakeHost.exclusive;
import static dev.leasehold.engine.resource.FakeHost.shared;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.holder.KillPath;
import dev.leasehold.engine.holder.Lifetime;
import dev.leasehold.engine.holder.Restrictions;
import dev.leasehold.engine.port.Tasks;
import dev.leasehold.engine.resource.fake.Fault;
import dev.leasehold.engine.spi.KillPhase;
import dev.leasehold.ondisk.ErrorCode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** docs/spec/algorithms.md 4.3, 4.6. */
class SupervisionTest {
  /** As the check task of a failed lockspace does it. */
  private static void kill(World world, FakeHost host, KillPhase phase, int millis) {
    for (int t = 0; t < millis; t += 200) {
      host.engine.killStep(host.lockspace, phase);
      world.passMillis(200);
    }
  }

  @Test
  void onlyHoldersWithALeaseInTheLockspaceAreStopped() throws Exception {
    World.run(
        world -> {
          world.format("a", "b");
          FakeHost host = world.host(1);
          host.granted(host.holder(10), exclusive("a"));
          host.granted(host.holder(11), shared("b"));
          host.holder(12);
          assertThat(host.engine.inUse(host.lockspace)).isTrue();
          host.lockspace.kill();
          host.engine.lockspaceDead(host.lockspace);
          kill(world, host, KillPhase.GRACEFUL, 400);
          assertThat(host.processes.log()).containsExactly("signal 15 to 10", "signal 15 to 11");
          assertThat(host.heard).contains("SIGTERM for 10", "SIGTERM for 11");
          assertThat(host.engine.inUse(host.lockspace)).isFalse();
          host.engine.lockspaceGone(host.lockspace);
          host.assertClean();
          assertThat(world.storage.openStores()).isZero();
        });
  }

  @Test
  void gracefulThenKillWithinTheRestrictions() throws Exception {
    World.run(
        world -> {
          world.format("a", "b", "c");
          FakeHost host = world.host(1);
          HolderId[] all = {immune(host, 20), immune(host, 21), immune(host, 22)};
          host.engine.setKillPath(all[1], new KillPath("/bin/stop", "x", true));
          host.engine.restrict(all[2], new Restrictions(false, true, false));
          host.granted(all[0], exclusive("a"));
          host.granted(all[1], exclusive("b"));
          host.granted(all[2], exclusive("c"));
          host.lockspace.kill();
          host.engine.lockspaceDead(host.lockspace);
          kill(world, host, KillPhase.GRACEFUL, 2000);
          assertThat(host.processes.log())
              .containsExactly(
                  "signal 15 to 20",
                  "run [/bin/stop, x, 21]",
                  "signal 15 to 22",
                  "signal 15 to 20",
                  "signal 15 to 22");
          kill(world, host, KillPhase.KILL, 200);
          assertThat(host.processes.log().subList(5, 8))
              .containsExactly("signal 9 to 20", "signal 9 to 21", "signal 15 to 22");
          kill(world, host, KillPhase.KILL, 200_000);
          assertThat(host.heard).contains("stuck 20", "stuck 21", "stuck 22");
          assertThat(host.engine.inUse(host.lockspace)).isTrue();
        });
  }

  private static HolderId immune(FakeHost host, int pid) throws Exception {
    host.processes.spawn(pid).makeImmune();
    return host.engine.register(pid, Lifetime.PROCESS, HolderLabel.NONE);
  }

  @Test
  void aHolderThatGivesUpItsLeasesLives() throws Exception {
    World.run(
        world -> {
          world.format("a", "b");
          FakeHost host = world.host(1);
          HolderId holder = immune(host, 10);
          host.granted(holder, exclusive("a"), exclusive("b"));
          world.pass(1);
          host.engine.killStep(host.lockspace, KillPhase.GRACEFUL);
          host.refused(holder, ErrorCode.EBUSY, exclusive("a"));
          host.release(holder, "a");
          host.refused(holder, ErrorCode.EBUSY, exclusive("a"));
          assertThat(host.engine.inquire(holder)).hasSize(1);
          host.release(holder, "b");
          host.granted(holder, exclusive("a"));
        });
  }

  @Test
  void noAcquireIsGrantedBehindTheBackOfRecovery() throws Exception {
    // Recovery starts at each moment of an acquisition: either it sees the holder, or the holder
    // gets nothing.
    for (int at = 0; at < 40; at++) {
      int moment = at;
      World.run(
          at,
          world -> {
            world.format("a");
            FakeHost host = world.host(1);
            HolderId holder = immune(host, 10);
            boolean[] unused = {false};
            world.time.start(
                "recovery",
                () -> {
                  world.time.sleep(Duration.ofMillis(moment / 2));
                  host.lockspace.kill();
                  host.engine.lockspaceDead(host.lockspace);
                  while (host.engine.inUse(host.lockspace)) {
                    world.time.sleep(Duration.ofMillis(200));
                  }
                  unused[0] = true;
                });
            AcquireResult result = host.acquire(holder, exclusive("a"));
            if (result instanceof AcquireResult.Granted) {
              world.pass(1);
              assertThat(unused[0]).isFalse();
              assertThat(host.engine.inUse(host.lockspace)).isTrue();
            } else {
              world.pass(15);
              assertThat(unused[0]).isTrue();
              host.assertClean();
            }
          });
    }
  }

  /** Otherwise the host lease could be given back while our leader write is under way. */
  @Test
  void aReleaseCountsAsUseOnlyWhileItWorksOnTheDisk() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.granted(holder, exclusive("a"));
          world.pass(1);
          world.storage.once(
              op -> op.writes(World.path("a"), 0), new Fault.Slow(Duration.ofSeconds(5)));
          host.engine.unregister(holder);
          world.pass(1);
          assertThat(host.engine.inUse(host.lockspace)).isTrue();
          world.pass(5);
          assertThat(host.engine.inUse(host.lockspace)).isFalse();
          HolderId second = host.holder(11);
          host.granted(second, exclusive("a"));
          world.pass(1);
          world.storage.always(op -> op.writes(World.path("a"), 0), Fault.EIO);
          host.engine.unregister(second);
          world.pass(5);
          assertThat(host.state("a")).contains(LeaseState.RELEASING);
          assertThat(host.engine.inUse(host.lockspace)).isFalse();
        });
  }

  @Test
  void anAcquireThatWaitsCountsAsUse() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost dead = world.host(2);
          dead.granted(dead.holder(20), exclusive("a"));
          dead.die();
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          Tasks.Task task = world.time.start("acquire", () -> host.acquire(holder, exclusive("a")));
          world.pass(10);
          assertThat(host.engine.inUse(host.lockspace)).isTrue();
          assertThat(host.engine.namesUsed(host.lockspace)).isTrue();
          host.engine.killStep(host.lockspace, KillPhase.KILL);
          // It holds nothing yet: it is not killed for a lease that it does not have.
          assertThat(host.processes.log()).isEmpty();
          host.lockspace.kill();
          host.engine.lockspaceDead(host.lockspace);
          task.join(Duration.ofSeconds(30));
          assertThat(host.engine.inUse(host.lockspace)).isFalse();
          assertThat(host.engine.namesUsed(host.lockspace)).isFalse();
        });
  }
}
