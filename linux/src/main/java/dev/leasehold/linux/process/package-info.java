// SPDX-License-Identifier: Apache-2.0

/**
 * The processes of this host, pinned by pidfd, so that no reuse of a number can mislead.
 *
 * <p>It finds, watches and signals; whom to signal, and when, is decided in the engine.
 */
@NullMarked
package dev.leasehold.linux.process;

import org.jspecify.annotations.NullMarked;
