// SPDX-License-Identifier: Apache-2.0

/**
 * From a disk's path to the names of its leases (docs/spec/libvirt-sanlock.md 4, docs/design.md
 * "Aliases").
 *
 * <p>It looks at the disk, never at leases, and changes nothing.
 */
@NullMarked
package dev.leasehold.libvirt.naming;

import org.jspecify.annotations.NullMarked;
