// SPDX-License-Identifier: Apache-2.0

/**
 * The messages of the sanlock socket as records, and their bytes, in both directions
 * (docs/spec/wire.md).
 *
 * <p>Pure: bytes in, values out, and back. Any bytes are safe to decode: the outcome is a value, a
 * {@link dev.leasehold.sanlock.wire.MalformedRequest}, or an exception of the source. Numbers that
 * the protocol has as unsigned are ints and longs with the same bits. It does not decide what a
 * message means.
 */
@NullMarked
package dev.leasehold.sanlock.wire;

import org.jspecify.annotations.NullMarked;
