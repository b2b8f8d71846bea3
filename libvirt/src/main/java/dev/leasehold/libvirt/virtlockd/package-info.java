// SPDX-License-Identifier: Apache-2.0

/**
 * The door that libvirt's unmodified {@code lockd} driver comes in at, in the place of virtlockd
 * (docs/spec/libvirt-lockd.md): connections, who may connect, what each procedure means, and the
 * errors that {@code virsh} shows. What a disk means in leases is {@code .disklease}'s business.
 */
@NullMarked
package dev.leasehold.libvirt.virtlockd;

import org.jspecify.annotations.NullMarked;
