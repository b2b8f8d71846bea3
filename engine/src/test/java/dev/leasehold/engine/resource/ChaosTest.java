// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.holder.HolderId;
import dev.leasehold.engine.port.Tasks;
import dev.leasehold.engine.resource.fake.Fault;
import dev.leasehold.engine.resource.fake.Op;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.ondisk.LeaseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Hosts that contend for a few leases on storage that fails and hangs, under many schedules. */
class ChaosTest {
  private static final String[] NAMES = {"a", "b", "c"};
  private static final int SEEDS = Integer.getInteger("leasehold.chaos.seeds", 40);

  /** Who relies on which lease at this moment. */
  private static final class Ledger {
    private final Map<String, List<HoldMode>> holders = new HashMap<>();
    int grants;
    int conversions;

    void enter(String resource, HoldMode mode) {
      List<HoldMode> there = holders.computeIfAbsent(resource, r -> new ArrayList<>());
      there.add(mode);
      grants++;
      if (there.contains(HoldMode.EXCLUSIVE)) {
        assertThat(there).as("holders of %s", resource).hasSize(1);
      }
    }

    void leave(String resource, HoldMode mode) {
      holders.get(resource).remove(mode);
    }
  }

  private record Actor(World world, FakeHost host, Ledger ledger, SplittableRandom random) {
    void run(int pid) {
      for (int round = 0; round < 12; round++) {
        HolderId holder = host.engine.holderOf(pid).orElseGet(() -> holder(host, pid));
        List<LeaseRequest> requests = requests();
        AcquireOptions options =
            AcquireOptions.DEFAULT.waitingUpTo(Duration.ofSeconds(random.nextInt(60)));
        AcquireResult result = host.acquire(holder, options, requests.toArray(LeaseRequest[]::new));
        if (result instanceof AcquireResult.Granted) {
          hold(holder, requests);
        }
        world.passMillis(random.nextInt(3000));
      }
    }

    private List<LeaseRequest> requests() {
      return Stream.of(NAMES)
          .filter(name -> random.nextBoolean())
          .map(
              name ->
                  LeaseRequest.of(
                          World.at(name),
                          random.nextInt(3) == 0 ? HoldMode.SHARED : HoldMode.EXCLUSIVE)
                      .creating(CreatePolicy.DEFAULT))
          .toList();
    }

    private void hold(HolderId holder, List<LeaseRequest> requests) {
      Map<String, HoldMode> held = new LinkedHashMap<>();
      requests.forEach(r -> held.put(name(r), r.mode()));
      held.forEach(ledger::enter);
      world.passMillis(random.nextInt(2000));
      if (!held.isEmpty() && random.nextInt(3) == 0) {
        convert(holder, held);
        world.passMillis(random.nextInt(2000));
      }
      held.forEach(ledger::leave);
      if (random.nextInt(8) == 0) {
        host.engine.unregister(holder);
        return;
      }
      quietly(() -> host.engine.releaseAll(holder));
    }

    private void convert(HolderId holder, Map<String, HoldMode> held) {
      String name = held.keySet().iterator().next();
      if (held.get(name) == HoldMode.EXCLUSIVE) {
        // From the first write on others may share it.
        ledger.leave(name, HoldMode.EXCLUSIVE);
        ledger.enter(name, HoldMode.SHARED);
        held.put(name, HoldMode.SHARED);
        quietly(() -> host.engine.convert(holder, World.id(name), HoldMode.SHARED, true));
      } else if (quietly(
          () -> host.engine.convert(holder, World.id(name), HoldMode.EXCLUSIVE, true))) {
        ledger.leave(name, HoldMode.SHARED);
        ledger.enter(name, HoldMode.EXCLUSIVE);
        held.put(name, HoldMode.EXCLUSIVE);
        ledger.conversions++;
      }
    }

    private interface Call {
      void run() throws LeaseException;
    }

    /** What fails goes on in the background, or left everything as it was. */
    private static boolean quietly(Call call) {
      try {
        call.run();
        return true;
      } catch (LeaseException e) {
        return false;
      }
    }

    private static String name(LeaseRequest request) {
      return request.where().id().resource().toString();
    }
  }

  private static Fault fault(SplittableRandom random, Op op) {
    return switch (random.nextInt(200)) {
      case 0 -> Fault.EIO;
      case 1 -> op.kind() == Op.Kind.WRITE ? Fault.HANG : Fault.NONE;
      case 2 -> op.kind() == Op.Kind.PUBLISH ? Fault.HANG : Fault.NONE;
      case 3 -> Fault.VANISH;
      case 4 -> new Fault.Slow(Duration.ofMillis(500));
      default -> Fault.NONE;
    };
  }

  private static Ledger play(World world, long seed) {
    Ledger ledger = new Ledger();
    SplittableRandom random = new SplittableRandom(seed);
    List<FakeHost> hosts = List.of(world.host(1), world.host(2), world.host(3));
    world.storage.faults(op -> fault(random, op));
    world.time.start(
        "storage recovers",
        () -> {
          for (int i = 0; i < 10_000; i++) {
            world.pass(17);
            world.storage.unhang();
          }
        });
    List<Tasks.Task> tasks = new ArrayList<>();
    for (FakeHost host : hosts) {
      for (int pid = 10; pid < 12; pid++) {
        Actor actor = new Actor(world, host, ledger, random.split());
        int process = pid;
        tasks.add(world.time.start("actor", () -> actor.run(process)));
      }
    }
    for (Tasks.Task task : tasks) {
      assertThat(task.join(Duration.ofHours(10))).isTrue();
    }
    world.storage.heal();
    world.pass(300);
    for (FakeHost host : hosts) {
      host.assertClean();
    }
    assertThat(world.storage.openStores()).isZero();
    return ledger;
  }

  static HolderId holder(FakeHost host, int pid) {
    try {
      return host.holder(pid);
    } catch (LeaseException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void thereIsNeverMoreThanOneExclusiveHolder() throws Exception {
    int grants = 0;
    int conversions = 0;
    for (int i = 1; i <= SEEDS; i++) {
      long seed = i;
      Ledger[] ledger = new Ledger[1];
      World.run(seed, world -> ledger[0] = play(world, seed));
      grants += ledger[0].grants;
      conversions += ledger[0].conversions;
    }
    // The test is worth nothing if nobody ever gets a lease.
    assertThat(grants).isGreaterThan(30 * SEEDS);
    assertThat(conversions).isGreaterThan(SEEDS / 4);
  }

  @Test
  void theSameSeedIsTheSameRun() throws Exception {
    List<List<Op>> logs = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      World.run(
          7,
          world -> {
            play(world, 7);
            logs.add(world.storage.log());
          });
    }
    assertThat(logs.get(0)).isEqualTo(logs.get(1)).hasSizeGreaterThan(500);
  }
}
