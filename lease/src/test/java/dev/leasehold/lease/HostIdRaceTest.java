// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.lease.fake.Fate;
import dev.leasehold.lease.fake.Holders;
import dev.leasehold.lease.fake.Interleaver;
import dev.leasehold.lease.fake.Lockspace;
import dev.leasehold.lease.fake.Lockspace.Joiner;
import dev.leasehold.ondisk.HostBitmap;
import dev.leasehold.ondisk.HostEvent;
import dev.leasehold.ondisk.LeaseException;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Hosts that want one host id, in every order of their transfers, with transfers that take any time
 * and writes that land after their deadline: never two of them use it.
 */
class HostIdRaceTest {

  /** A host that joins, renews a few times, and says who it is as long as it may. */
  private static void live(Interleaver.Run run, Joiner joiner, String name, Holders holders) {
    try {
      joiner.lease.acquire(ReacquirePolicy.WAIT, joiner.pause, AreaObserver.NONE);
      holders.enter(name, HoldMode.EXCLUSIVE);
      for (int renewals = 0; renewals < 2; renewals++) {
        run.sleep(Duration.ofSeconds(20));
        RenewalResult result =
            joiner.lease.renew(HostEvent.NONE, HostBitmap.EMPTY, AreaObserver.NONE);
        if (!(result instanceof RenewalResult.Renewed renewed && !renewed.late())) {
          break;
        }
      }
      holders.leave(name);
      joiner.lease.release();
    } catch (LeaseException e) {
      // It did not get the id.
      holders.leave(name);
    }
  }

  @ParameterizedTest(name = "{0}, {1} hosts, {2} surprises")
  @CsvSource({"free,2,2", "free,3,1", "abandoned,2,1"})
  void onlyOneHostHasTheId(String state, int hosts, int budget) {
    long runs =
        Interleaver.explore(
            budget + Interleaver.EXTRA_DEPTH,
            run -> {
              Lockspace lockspace = new Lockspace(run);
              Holders holders = new Holders();
              if (state.equals("abandoned")) {
                lockspace.taken("host-x", 3, 77, 10);
              }
              for (int i = 1; i <= hosts; i++) {
                String name = "h" + i;
                Joiner joiner = lockspace.joiner(name);
                joiner.store.fates(op -> op.write() ? fate(run.choose(3)) : Fate.DONE);
                run.task(name, () -> live(run, joiner, name, holders));
              }
            });
    System.out.println("races for a " + state + " host id: " + runs);
    assertThat(runs).isGreaterThan(20);
  }

  private static Fate fate(int which) {
    return switch (which) {
      case 0 -> Fate.DONE;
      case 1 -> new Fate.Slow(Duration.ofSeconds(9)); // in time
      default -> new Fate.Slow(Duration.ofSeconds(11)); // too late
    };
  }
}
