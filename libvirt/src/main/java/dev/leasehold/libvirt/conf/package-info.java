// SPDX-License-Identifier: Apache-2.0

/**
 * Configuration: libvirt's {@code .conf} syntax, and what {@code leasehold.conf} and {@code
 * qemu-sanlock.conf} may say in it (docs/configuration.md, docs/spec/libvirt-sanlock.md 2).
 *
 * <p>It reads files and looks up users; it starts nothing and writes nothing.
 */
@NullMarked
package dev.leasehold.libvirt.conf;

import org.jspecify.annotations.NullMarked;
