// SPDX-License-Identifier: Apache-2.0

/**
 * Disk leases for unmodified libvirt: in {@code .rpc} the bytes of libvirt's lock protocol, in
 * {@code .disklease} what the disks of a guest mean in leases, in {@code .virtlockd} the door that
 * libvirt's {@code lockd} driver comes in at; around them the configuration files, the naming of
 * lease files, backing chains, and cleanup.
 *
 * <p>Everything about a lease goes through the engine's façade; nothing here reads or writes a
 * lease area. Source of the facts: {@code docs/spec/libvirt-lockd.md}, {@code
 * docs/spec/libvirt-sanlock.md}.
 */
@NullMarked
package dev.leasehold.libvirt;

import org.jspecify.annotations.NullMarked;
