// SPDX-License-Identifier: Apache-2.0
/**
 * What this host's daemon, Leasehold's or sanlock's, tells at the sanlock socket, for commands that
 * look: its lockspaces and how well they are, its watchdog, what it has seen of other hosts. Only
 * asks, never for long, and never of the storage.
 */
@NullMarked
package dev.leasehold.cli.hostdaemon;

import org.jspecify.annotations.NullMarked;
