// SPDX-License-Identifier: Apache-2.0

/**
 * The doctor: what is wrong with the set-up of this host, in words, with the remedy.
 *
 * <p>It takes part in nothing. All it writes is a probe file in the lease directory, which it
 * removes.
 */
@NullMarked
package dev.leasehold.libvirt.check;

import org.jspecify.annotations.NullMarked;
