// SPDX-License-Identifier: Apache-2.0

/**
 * The backing chain of a disk image, as far as leases need it: which files a guest reads from or
 * writes to besides the image itself. The format is QEMU's published {@code docs/interop/qcow2}.
 *
 * <p>It only reads. What it reads was written by guests' owners and may be hostile: every length is
 * checked, and what is malformed is an error for that disk and nothing else.
 */
@NullMarked
package dev.leasehold.libvirt.qcow2;

import org.jspecify.annotations.NullMarked;
