// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import static dev.leasehold.engine.resource.FakeHost.created;
import static dev.leasehold.engine.resource.FakeHost.exclusive;
import static dev.leasehold.engine.resource.FakeHost.shared;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.ondisk.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** For how many hosts a new lease is made. */
class NumHostsTest {
  @ParameterizedTest
  @CsvSource({
    "1, 14",
    "10, 14",
    "11, 30",
    "26, 30",
    "27, 62",
    "250, 254",
    "1500, 2000",
    "2000, 2000"
  })
  void roomForEveryHostThatEverJoinedAndSomeMore(int highest, int expected) throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(1);
          world.host(highest);
          host.granted(host.holder(10), created("a"));
          assertThat(world.leader("a").numHosts()).isEqualTo(expected);
          assertThat(world.leader("a").maxHosts()).isEqualTo(2000);
        });
  }

  @Test
  void theCallerBoundsIt() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(20);
          LeaseRequest request = exclusive("a");
          host.granted(host.holder(10), request.creating(CreatePolicy.DEFAULT.withMaxHosts(22)));
          assertThat(world.leader("a").numHosts()).isEqualTo(22);
          host.granted(
              host.holder(11), exclusive("b").creating(CreatePolicy.DEFAULT.withMinHosts(100)));
          assertThat(world.leader("b").numHosts()).isEqualTo(126);
        });
  }

  @Test
  void aHostAboveTheBoundIsToldWhatToChange() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(1);
          world.host(40);
          Refusal refusal =
              host.refused(
                  host.holder(10),
                  ErrorCode.LEADER_NUMHOSTS,
                  exclusive("a").creating(CreatePolicy.DEFAULT.withMaxHosts(30)));
          assertThat(refusal.message()).contains("host id 40", "raise max_hosts to at least 40");
          assertThat(world.storage.exists(World.path("a"))).isFalse();
        });
  }

  @Test
  void aHostThatAnExistingLeaseHasNoRoomForIsToldWhatToChange() throws Exception {
    World.run(
        world -> {
          FakeHost host = world.host(1);
          host.granted(host.holder(10), created("a"));
          FakeHost late = world.host(40);
          Refusal refusal = late.refused(late.holder(20), ErrorCode.LEADER_NUMHOSTS, created("a"));
          assertThat(refusal.message())
              .contains(World.path("a"), "host ids 1 to 14", "has id 40", "remove the file")
              .contains("set min_hosts in leasehold.conf");
        });
  }

  /** Whoever scanned fewer hosts would not see it, and take the lease for his own. */
  @Test
  void noLivingSharerGetsOutOfSight() throws Exception {
    World.run(
        world -> {
          world.format("a");
          FakeHost five = world.host(5);
          HolderId fifth = five.holder(50);
          five.granted(fifth, shared("a"));
          world.pass(1);
          FakeHost host = world.host(1);
          HolderId holder = host.holder(10);
          host.refused(holder, ErrorCode.EAGAIN, exclusive("a").settingNumHosts(2));
          Refusal refusal = host.refused(holder, ErrorCode.EINVAL, shared("a").settingNumHosts(2));
          assertThat(refusal.message()).contains("num_hosts 2", "[5]");
          assertThat(world.leader("a").numHosts()).isEqualTo(2000);
          FakeHost two = world.host(2);
          two.refused(two.holder(20), ErrorCode.EAGAIN, exclusive("a"));
          // Just enough is enough, and those that are gone do not matter.
          host.granted(holder, shared("a").settingNumHosts(5));
          host.release(holder, "a");
          assertThat(world.leader("a").numHosts()).isEqualTo(5);
          five.die();
          world.pass(200);
          host.granted(holder, exclusive("a").settingNumHosts(2));
          assertThat(world.leader("a").numHosts()).isEqualTo(2);
        });
  }
}
