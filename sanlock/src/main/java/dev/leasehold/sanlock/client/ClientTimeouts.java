// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.client;

import java.time.Duration;

/**
 * How long a client waits for the daemon.
 *
 * @param connect until the daemon accepts
 * @param answer for commands that are answered at once or after a few I/Os of the daemon
 * @param decision for commands that wait for other hosts or for storage: acquire, convert, release,
 *     add, inquire with waiting and remove a lockspace, shut down. With default times a dead owner
 *     is waited for up to 140 s, and joins may take as long.
 */
public record ClientTimeouts(Duration connect, Duration answer, Duration decision) {

  /** 5 s, 60 s, 10 minutes. */
  public static final ClientTimeouts DEFAULT =
      new ClientTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofMinutes(10));

  /** The same, waiting for decisions that long. */
  public ClientTimeouts withDecision(Duration limit) {
    return new ClientTimeouts(connect, answer, limit);
  }

  /** The same, waiting for ordinary answers that long. */
  public ClientTimeouts withAnswer(Duration limit) {
    return new ClientTimeouts(connect, limit, decision);
  }
}
