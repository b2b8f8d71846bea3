// SPDX-License-Identifier: Apache-2.0

/** The commands of a host with libvirt: cleanup and check. */
@NullMarked
package dev.leasehold.cli.libvirt;

import org.jspecify.annotations.NullMarked;
