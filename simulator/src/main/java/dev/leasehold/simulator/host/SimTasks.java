// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.host;

import dev.leasehold.engine.port.Tasks;
import dev.leasehold.simulator.kernel.SimTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Tasks of one simulated daemon. */
public final class SimTasks implements Tasks {

  private final Seat seat;

  /**
   * Sets it up.
   *
   * @param seat whose tasks
   */
  public SimTasks(Seat seat) {
    this.seat = seat;
  }

  @Override
  public Task start(String name, Runnable body) {
    seat.enter();
    SimSignal end = new SimSignal(seat);
    SimTask task =
        seat.scheduler()
            .start(
                seat.group(),
                name,
                () -> {
                  try {
                    body.run();
                  } finally {
                    end.raiseQuietly();
                  }
                });
    return new Started(seat, task, end);
  }

  @Override
  public void sleep(Duration duration) {
    seat.enter();
    long until = seat.deadline(duration);
    seat.scheduler().waitUntil(until == Long.MAX_VALUE ? until : until + seat.wakeUpDelay());
    seat.enter();
  }

  @Override
  public Signal newSignal() {
    return new SimSignal(seat);
  }

  private record Started(Seat seat, SimTask task, SimSignal end) implements Task {
    @Override
    public boolean ended() {
      return end.version() > 0;
    }

    @Override
    public boolean join(Duration timeout) {
      return end.await(0, timeout);
    }
  }

  private static final class SimSignal implements Signal {
    private record Waiter(SimTask task, long token) {}

    private final Seat seat;
    private final List<Waiter> waiters = new ArrayList<>();
    private long version;

    SimSignal(Seat seat) {
      this.seat = seat;
    }

    @Override
    public long version() {
      return version;
    }

    @Override
    public void raise() {
      seat.enter();
      raiseQuietly();
    }

    void raiseQuietly() {
      version++;
      for (Waiter waiter : waiters) {
        seat.scheduler().wake(waiter.task(), waiter.token(), seat.wakeUpDelay());
      }
      waiters.clear();
    }

    @Override
    public boolean await(long seen, Duration timeout) {
      seat.enter();
      long until = seat.deadline(timeout);
      while (version == seen) {
        if (until <= seat.scheduler().now()) {
          return false;
        }
        Waiter self = new Waiter(seat.scheduler().current(), seat.scheduler().waitToken());
        waiters.add(self);
        if (!seat.scheduler().waitUntil(until)) {
          waiters.remove(self);
        }
      }
      return true;
    }
  }
}
