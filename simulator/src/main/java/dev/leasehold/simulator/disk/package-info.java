// SPDX-License-Identifier: Apache-2.0

/**
 * The shared storage of a simulated cluster, as the storage port shows it to one host, with every
 * fault that a real storage has.
 *
 * <p>A sector is an atomic register: a transfer takes effect on each sector at one moment between
 * its issue and its completion, which may be long after its issuer gave up waiting.
 */
@NullMarked
package dev.leasehold.simulator.disk;

import org.jspecify.annotations.NullMarked;
