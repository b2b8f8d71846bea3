// SPDX-License-Identifier: Apache-2.0

/**
 * A small deterministic world for tests of the lease algorithms: disks in memory with faults, time
 * that passes only when somebody waits, and every order in which hosts can take turns.
 */
@NullMarked
package dev.leasehold.lease.fake;

import org.jspecify.annotations.NullMarked;
