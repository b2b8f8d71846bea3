// SPDX-License-Identifier: Apache-2.0

/**
 * Gives back the space of leases that nobody uses: takes each exclusively, marks it cleared on the
 * disk, and removes its file (docs/design.md "Lease files without races", libvirt-sanlock.md 7 and
 * 8, rows 3, 4 and 17).
 *
 * <p>How a lease is taken is the caller's to say ({@link dev.leasehold.libvirt.cleanup.Claims}): by
 * an engine, or through a daemon that has joined the lockspace.
 */
@NullMarked
package dev.leasehold.libvirt.cleanup;

import org.jspecify.annotations.NullMarked;
