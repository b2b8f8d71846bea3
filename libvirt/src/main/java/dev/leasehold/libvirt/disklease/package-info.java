// SPDX-License-Identifier: Apache-2.0

/**
 * What the disks of a guest mean in leases: the lockspace of the lease directory, made and joined
 * by itself; a lease for every disk, made on demand; backing files; explicit lease elements; who
 * the holder is, and what becomes of a guest whose leases are lost; refusals in words that a person
 * can act on.
 *
 * <p>Knows nothing of sockets or messages. Leases are had through {@code LeaseManager} only; the
 * one file that is made here is the lockspace, through the storage port.
 */
@NullMarked
package dev.leasehold.libvirt.disklease;

import org.jspecify.annotations.NullMarked;
