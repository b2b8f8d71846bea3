// SPDX-License-Identifier: Apache-2.0

/**
 * The bytes of libvirt's lock protocol: XDR, the frame of an RPC message, the eight procedures and
 * the error structure (docs/spec/libvirt-lockd.md 2 to 4). Pure functions on bytes; knows nothing
 * of sockets, guests or leases.
 */
@NullMarked
package dev.leasehold.libvirt.rpc;

import org.jspecify.annotations.NullMarked;
