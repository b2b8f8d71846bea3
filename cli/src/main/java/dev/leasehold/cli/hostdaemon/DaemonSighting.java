// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.hostdaemon;

import java.time.Duration;

/**
 * What the daemon has seen of another host. It looks with each of its own renewals.
 *
 * @param generation in the host's record at the last look
 * @param timestamp likewise, by that host's clock
 * @param changing whether it ever saw the record change; else it has watched it since it joined
 * @param lookedAgo how long ago the last look was
 * @param changedAgo how long ago it found the record changed
 */
public record DaemonSighting(
    long generation, long timestamp, boolean changing, Duration lookedAgo, Duration changedAgo) {}
