// SPDX-License-Identifier: Apache-2.0

/**
 * The storage port on Linux: direct, synchronous transfers, each with a deadline.
 *
 * <p>Whatever may hang in the kernel runs on a thread of {@link IoThreads}, which owns descriptor
 * and memory until the kernel returns; callers only ever wait for such a thread, and not longer
 * than their deadline (docs/decisions/0020). What is written, and when, is decided elsewhere.
 */
@NullMarked
package dev.leasehold.linux.io;

import org.jspecify.annotations.NullMarked;
