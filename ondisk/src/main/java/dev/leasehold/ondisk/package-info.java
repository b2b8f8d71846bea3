// SPDX-License-Identifier: Apache-2.0

/**
 * The records of a lease area and their bytes: what sanlock 3.8.5 keeps on shared storage, and the
 * one record Leasehold adds, the holder's note.
 *
 * <p>Everything here is a pure function over a {@link java.lang.foreign.MemorySegment}: no I/O, no
 * threads, no clock, no randomness. A record is immutable and carries its stored checksum, so that
 * decoding and encoding again gives the same bytes; whether the checksum is right is asked
 * separately. Decoding never fails on content, only the {@code verify} methods refuse, each with
 * the error code and in the order of {@code docs/spec/ondisk.md}.
 *
 * <p>All 64-bit fields are unsigned on disk. They are kept in a {@code long}; whoever compares two
 * of them uses {@link Long#compareUnsigned}.
 */
@NullMarked
package dev.leasehold.ondisk;

import org.jspecify.annotations.NullMarked;
