// SPDX-License-Identifier: Apache-2.0

/**
 * Disks as users name them, and the lease directory with the names of the leases in it: laid out as
 * libvirt's sanlock plugin does it (docs/spec/libvirt-sanlock.md section 4).
 */
@NullMarked
package dev.leasehold.cli.disk;

import org.jspecify.annotations.NullMarked;
