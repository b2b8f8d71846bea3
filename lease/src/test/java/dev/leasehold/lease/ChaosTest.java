// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.lease.fake.FakeHosts;
import dev.leasehold.lease.fake.Fate;
import dev.leasehold.lease.fake.Holders;
import dev.leasehold.lease.fake.Host;
import dev.leasehold.lease.fake.Interleaver;
import dev.leasehold.lease.fake.MemDisk;
import dev.leasehold.lease.fake.Op;
import dev.leasehold.ondisk.BallotArea;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Everything at once, at random: hosts acquire, share, convert and release one lease; transfers
 * fail, hang and land late; hosts crash in the middle of anything, or are paused and wake up when
 * others have taken over; dead hosts come back with a new generation.
 *
 * <p>A failing seed replays with {@code -Dleasehold.seed=SEED -Dleasehold.runs=1}, and tells every
 * step with {@code -Dleasehold.trace=true}.
 */
class ChaosTest {
  private static final int HOSTS = 4;
  private static final int ROUNDS = 4;
  private static final boolean TRACE = Boolean.getBoolean("leasehold.trace");

  @Test
  void neverTwoOwnersAndNeverALostLease() {
    long first = Long.getLong("leasehold.seed", new Random().nextLong());
    int runs = Integer.getInteger("leasehold.runs", 4_000);
    System.out.println("random interleavings with crashes: " + runs + " from seed " + first);
    for (long seed = first; seed != first + runs; seed++) {
      try {
        wander(seed);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static void wander(long seed) {
    Random random = new Random(seed);
    int percent = 1 + random.nextInt(20);
    Interleaver.wander(seed, percent, run -> new Scene(run, random).begin());
  }

  /** How a host ends for its tasks; thrown out of a transfer. */
  private static final class Crash extends Error {
    private static final long serialVersionUID = 1L;
  }

  private static final class Scene {
    private final Interleaver.Run run;
    private final Random random;
    private final MemDisk disk = Host.smallDisk(Host.RESOURCE, HOSTS);
    private final FakeHosts hosts;
    private final Holders holders = new Holders();
    private final List<Life> crashed = new ArrayList<>();
    private int accidentsLeft = 2;

    Scene(Interleaver.Run run, Random random) {
      this.run = run;
      this.random = random;
      this.hosts = new FakeHosts(run);
    }

    void begin() {
      for (long id = 1; id <= 2 + random.nextInt(HOSTS - 1); id++) {
        Life life = new Life(id, 1);
        run.task("h" + id, life::untilItsEnd);
      }
      run.afterwards(this::everybodyCanGetItAgain);
    }

    /** What was in flight never lands, and the others may know that it is gone. */
    void bury(Life life) {
      life.host.store().powerOff();
      hosts.look(life.id, 1000);
    }

    void everybodyCanGetItAgain() throws Exception {
      crashed.forEach(this::bury);
      assertThat(holders.none()).isTrue();
      for (long id : List.of(4L, 1L)) {
        hosts.alive(id, 9);
        Host host = new Host(run, hosts, id, 9, disk);
        PaxosLease lease = host.lease();
        acquirePatiently(lease, host);
        lease.release(ReleaseTerms.PLAIN).attempt();
      }
    }

    private void acquirePatiently(PaxosLease lease, Host host) throws AcquireException {
      for (int tries = 1; ; tries++) {
        try {
          lease.acquire(exclusive(), host.pause(), OwnerWait.Listener.SILENT);
          return;
        } catch (AcquireException e) {
          if (tries == 4) {
            throw new AssertionError("nobody can get it: " + onDisk(), e);
          }
        }
      }
    }

    private String onDisk() {
      StringBuilder text = new StringBuilder(LeaderRecord.decode(disk.bytes(), 0).toString());
      BallotArea area = new BallotArea(disk.bytes(), Geometry.SECTOR_512, HOSTS);
      area.forEachUsed((id, sector) -> text.append("\n").append(id).append(' ').append(sector));
      return text.toString();
    }

    private static AcquireTerms exclusive() {
      return AcquireTerms.of(HoldMode.EXCLUSIVE).expectingNumHosts(HOSTS);
    }

    /** One generation of a host. */
    private final class Life {
      private final long id;
      private final long generation;
      private final String name;
      private final Host host;
      private boolean lost;

      Life(long id, long generation) {
        this.id = id;
        this.generation = generation;
        this.name = "h" + id;
        hosts.alive(id, generation);
        host = new Host(run, hosts, id, generation, disk);
        host.store().before(this::accident);
        host.store().fates(this::fate);
      }

      void untilItsEnd() throws Exception {
        try {
          for (int round = 0; round < ROUNDS && !lost; round++) {
            useOnce(random.nextBoolean() ? HoldMode.EXCLUSIVE : HoldMode.SHARED);
          }
        } catch (Crash e) {
          // Some hosts come back; before that the others, and it, have waited long enough.
          if (run.choose(2) == 1) {
            crashed.remove(this);
            bury(this);
            new Life(id, generation + 1).untilItsEnd();
          }
        }
      }

      private void tell(Supplier<String> what) {
        if (TRACE) {
          System.out.println(
              run.now() / 1_000_000 + " " + name + "/" + generation + " " + what.get());
        }
      }

      private Fate fate(Op op) {
        Fate fate = anyFate(op);
        if (!fate.equals(Fate.DONE)) {
          tell(() -> "  meets " + fate);
        }
        return fate;
      }

      private Fate anyFate(Op op) {
        return switch (run.choose(op.write() ? 5 : 3)) {
          case 0 -> Fate.DONE;
          case 1 -> Fate.fails(5);
          case 2 -> new Fate.Slow(Duration.ofSeconds(11)); // too late; a write may still land
          case 3 -> new Fate.Fails(5, true);
          default -> new Fate.Slow(Duration.ofSeconds(1)); // in time, others go on meanwhile
        };
      }

      private void accident(Op op) {
        tell(() -> op.inWords());
        if (lost && op.write()) {
          throw new AssertionError(name + " wrote after its host lease had run out");
        }
        if (lost || accidentsLeft == 0) {
          return;
        }
        switch (run.choose(12)) {
          case 1 -> crash();
          case 2 -> pauseTooLong(op);
          default -> {}
        }
      }

      private void crash() {
        tell(() -> "crashes");
        accidentsLeft--;
        crashed.add(this);
        holders.leave(name);
        throw new Crash();
      }

      /** Not between the last check and a write: only a watchdog helps there. */
      private void pauseTooLong(Op op) {
        if (op.write()) {
          return;
        }
        tell(() -> "is paused for too long");
        accidentsLeft--;
        lost = true;
        holders.leave(name);
        host.invalidate();
        bury(this);
        crashed.add(this);
        run.sleep(Duration.ofSeconds(1000));
      }

      private void useOnce(HoldMode mode) {
        PaxosLease lease = host.lease();
        AcquireTerms terms = AcquireTerms.of(mode).expectingNumHosts(HOSTS);
        try {
          lease.acquire(terms, host.pause(), OwnerWait.Listener.SILENT);
          use(mode);
          if (random.nextBoolean()) {
            convert(lease);
          }
        } catch (AcquireException e) {
          tell(() -> "gets " + e.getMessage());
          e.retract().ifPresent(this::settle);
        }
        if (lease.hold().isPresent()) {
          holders.leave(name);
          settle(lease.release(ReleaseTerms.PLAIN));
        }
        if (random.nextInt(4) == 0 && lease.hint().isPresent() && !lost) {
          again(lease, terms);
        }
      }

      private void again(PaxosLease lease, AcquireTerms terms) {
        try {
          lease.acquire(terms, host.pause(), OwnerWait.Listener.SILENT);
          use(terms.mode());
          settle(lease.release(ReleaseTerms.PLAIN));
        } catch (AcquireException e) {
          e.retract().ifPresent(this::settle);
        }
      }

      private void convert(PaxosLease lease) throws AcquireException {
        if (lease.hold().orElseThrow().mode() == HoldMode.SHARED) {
          // Shared all the while, also if it fails.
          holders.enter(name, HoldMode.SHARED);
          lease.convertToExclusive(false, host.pause(), OwnerWait.Listener.SILENT);
          use(HoldMode.EXCLUSIVE);
        } else {
          holders.enter(name, HoldMode.SHARED);
          lease.convertToShared(Optional.empty(), host.pause());
          use(HoldMode.SHARED);
        }
      }

      private void use(HoldMode mode) {
        tell(() -> "holds " + mode + " lost " + lost);
        if (!lost) {
          holders.enter(name, mode);
          run.turn();
          run.turn();
          holders.leave(name);
        }
      }

      private void settle(PendingRelease release) {
        while (release.attempt() instanceof PendingRelease.Attempt.StillPending && !lost) {
          host.pause().sleep(Duration.ofSeconds(10));
        }
      }
    }
  }
}
