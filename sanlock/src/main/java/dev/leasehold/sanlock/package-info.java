// SPDX-License-Identifier: Apache-2.0

/**
 * The sanlock socket: in {@code .wire} the bytes, in {@code .text} the text formats around them, in
 * {@code .server} the door that unmodified sanlock clients come in at, in {@code .client} a client
 * for programs that talk to any sanlock daemon.
 */
@NullMarked
package dev.leasehold.sanlock;

import org.jspecify.annotations.NullMarked;
