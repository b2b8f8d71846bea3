// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.lease.fake.FakeHosts;
import dev.leasehold.lease.fake.Fate;
import dev.leasehold.lease.fake.Holders;
import dev.leasehold.lease.fake.Host;
import dev.leasehold.lease.fake.Interleaver;
import dev.leasehold.lease.fake.MemDisk;
import dev.leasehold.ondisk.BallotArea;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The first line of proof: hosts that want one lease, in every order of their transfers, with every
 * single write failing, hanging, or landing late. Never two owners; and never a lease that nobody
 * can get any more.
 *
 * <p>{@code -Dleasehold.depth=1} allows one more surprise in each run: thirty times as many runs.
 */
class InterleavingTest {
  private static final AcquireTerms EXCLUSIVE =
      AcquireTerms.of(HoldMode.EXCLUSIVE).expectingNumHosts(4);
  private static final AcquireTerms SHARED = AcquireTerms.of(HoldMode.SHARED).expectingNumHosts(4);

  /** One run: a disk, live hosts 1 to 4, and who is in. */
  private static final class Scene {
    final Interleaver.Run run;
    final MemDisk disk;
    final FakeHosts hosts;
    final Holders holders = new Holders();
    private long lastLver;

    Scene(Interleaver.Run run) {
      this.run = run;
      disk = Host.smallDisk(Host.RESOURCE, 4);
      hosts = new FakeHosts(run);
      for (long id = 1; id <= 4; id++) {
        hosts.alive(id, 1);
      }
      run.afterwards(this::everybodyCanGetItAgain);
    }

    Host host(long id) {
      return new Host(run, hosts, id, 1, disk);
    }

    /** Faults: each write may meet another fate than success, as far as surprises are left. */
    void faulty(Host host) {
      host.store().fates(op -> op.write() ? fate(run.choose(5)) : Fate.DONE);
    }

    private static Fate fate(int which) {
      return switch (which) {
        case 0 -> Fate.DONE;
        case 1 -> Fate.fails(5);
        case 2 -> new Fate.Fails(5, true);
        case 3 -> new Fate.Slow(Duration.ofSeconds(11)); // too late, but lands
        default -> new Fate.Slow(Duration.ofSeconds(1)); // lands in time, others go on meanwhile
      };
    }

    /** A task that acquires, uses the disk, releases. */
    void contender(Host host, AcquireTerms terms, int rounds) {
      String name = "h" + host.member().hostId();
      run.task(
          name,
          () -> {
            PaxosLease lease = host.lease();
            for (int round = 0; round < rounds; round++) {
              try {
                lease.acquire(terms, host.pause(), OwnerWait.Listener.SILENT);
                use(name, terms.mode());
                settle(lease.release(ReleaseTerms.PLAIN), host);
              } catch (AcquireException e) {
                e.retract().ifPresent(retract -> settle(retract, host));
              }
            }
          });
    }

    void use(String name, HoldMode mode) {
      holders.enter(name, mode);
      // What the holder does in between takes two turns at least.
      run.turn();
      run.turn();
      holders.leave(name);
    }

    void settle(PendingRelease release, Host host) {
      for (int tries = 0; !settled(release.attempt()) && tries < 20; tries++) {
        host.pause().sleep(Duration.ofSeconds(10));
      }
    }

    private static boolean settled(PendingRelease.Attempt attempt) {
      return !(attempt instanceof PendingRelease.Attempt.StillPending);
    }

    /** With all quiet a host gets it, at the second try at the latest, and versions have risen. */
    private void everybodyCanGetItAgain() throws Exception {
      assertThat(holders.none()).isTrue();
      for (long id : List.of(4L, 1L)) {
        Host host = host(id);
        PaxosLease lease = host.lease();
        PaxosHold hold = acquirePatiently(lease, host);
        assertThat(hold.lver()).isGreaterThan(lastLver);
        lastLver = hold.lver();
        lease.release(ReleaseTerms.PLAIN).attempt();
      }
    }

    private String onDisk() {
      StringBuilder text = new StringBuilder(LeaderRecord.decode(disk.bytes(), 0).toString());
      BallotArea area = new BallotArea(disk.bytes(), Geometry.SECTOR_512, 4);
      area.forEachUsed((id, sector) -> text.append("\n").append(id).append(' ').append(sector));
      return text.toString();
    }

    private PaxosHold acquirePatiently(PaxosLease lease, Host host) throws AcquireException {
      for (int tries = 1; ; tries++) {
        try {
          return lease.acquire(EXCLUSIVE, host.pause(), OwnerWait.Listener.SILENT);
        } catch (AcquireException e) {
          if (tries == 4) {
            throw new AssertionError("nobody can get it: " + onDisk(), e);
          }
        }
      }
    }
  }

  private static void explore(String what, int budget, Consumer<Scene> hosts) {
    int surprises = budget + Interleaver.EXTRA_DEPTH;
    long runs = Interleaver.explore(surprises, run -> hosts.accept(new Scene(run)));
    System.out.println("interleavings of " + what + ", " + surprises + " surprises: " + runs);
    assertThat(runs).isGreaterThan(100);
  }

  private static AcquireTerms terms(HoldMode mode) {
    return mode == HoldMode.EXCLUSIVE ? EXCLUSIVE : SHARED;
  }

  @ParameterizedTest
  @CsvSource({"EXCLUSIVE,EXCLUSIVE,5", "EXCLUSIVE,SHARED,4", "SHARED,SHARED,4"})
  void twoHostsInEveryOrder(HoldMode first, HoldMode second, int budget) {
    explore(
        first + " and " + second,
        budget,
        scene -> {
          scene.contender(scene.host(1), terms(first), 1);
          scene.contender(scene.host(2), terms(second), 1);
        });
  }

  @ParameterizedTest
  @CsvSource({
    "EXCLUSIVE,EXCLUSIVE,1,2",
    "EXCLUSIVE,SHARED,1,2",
    "SHARED,SHARED,1,2",
    "EXCLUSIVE,EXCLUSIVE,2,2",
    "SHARED,EXCLUSIVE,2,1"
  })
  void twoHostsWithWritesThatFailOrHang(HoldMode first, HoldMode second, int rounds, int budget) {
    explore(
        first + " and " + second + " x " + rounds + ", with faults",
        budget,
        scene -> {
          Host one = scene.host(1);
          Host two = scene.host(2);
          scene.faulty(one);
          scene.faulty(two);
          scene.contender(one, terms(first), rounds);
          scene.contender(two, terms(second), rounds);
        });
  }

  @ParameterizedTest
  @CsvSource({
    "EXCLUSIVE,EXCLUSIVE,EXCLUSIVE,2",
    "EXCLUSIVE,SHARED,SHARED,2",
    "SHARED,SHARED,EXCLUSIVE,2"
  })
  void threeHosts(HoldMode first, HoldMode second, HoldMode third, int budget) {
    explore(
        first + ", " + second + " and " + third,
        budget,
        scene -> {
          scene.contender(scene.host(1), terms(first), 1);
          scene.contender(scene.host(2), terms(second), 1);
          scene.contender(scene.host(3), terms(third), 1);
        });
  }

  /** Longer runs than can all be tried: hosts that come again and again, and many faults. */
  @Test
  void manyHostsManyTimes() {
    long first = Long.getLong("leasehold.seed", new Random().nextLong());
    int runs = Integer.getInteger("leasehold.runs", 2_000);
    System.out.println("random interleavings: " + runs + " from seed " + first);
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
    int percent = 1 + random.nextInt(25);
    Interleaver.wander(
        seed,
        percent,
        run -> {
          Scene scene = new Scene(run);
          for (long id = 1; id <= 2 + random.nextInt(3); id++) {
            Host host = scene.host(id);
            if (random.nextBoolean()) {
              scene.faulty(host);
            }
            scene.contender(host, random.nextInt(3) == 0 ? SHARED : EXCLUSIVE, 4);
          }
        });
  }
}
