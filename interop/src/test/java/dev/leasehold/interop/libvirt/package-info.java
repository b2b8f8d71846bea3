// SPDX-License-Identifier: Apache-2.0

/**
 * Two libvirt hosts on one machine with real QEMU guests (docs/spec/libvirt-lab.md): our daemon on
 * both, on one beside the C plugin and daemon, and under the C plugin on both. {@code GuestLife}
 * has the steps, {@code LeaseCheck} looks after each which leases are held. Needs root, libvirt,
 * QEMU and sanlock; skipped by name without them.
 */
package dev.leasehold.interop.libvirt;
