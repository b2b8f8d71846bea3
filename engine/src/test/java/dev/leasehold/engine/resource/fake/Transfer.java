// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource.fake;

import dev.leasehold.engine.port.Tasks;
import java.time.Duration;

/** A call that hangs until the storage lets it go. */
final class Transfer {
  private final Tasks.Signal signal;
  private final Runnable effect;
  private boolean ended;

  Transfer(Tasks tasks, Runnable effect) {
    this.signal = tasks.newSignal();
    this.effect = effect;
  }

  void end() {
    effect.run();
    ended = true;
    signal.raise();
  }

  boolean await(Duration timeout) {
    if (!ended) {
      signal.await(0, timeout);
    }
    return ended;
  }
}
