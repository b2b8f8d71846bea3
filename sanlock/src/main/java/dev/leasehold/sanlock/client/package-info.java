// SPDX-License-Identifier: Apache-2.0

/**
 * A client for any sanlock daemon, the C one or ours (docs/spec/wire.md): {@link
 * dev.leasehold.sanlock.client.SanlockClient} is where to start.
 *
 * <p>Needs no native access. Two kinds of failure are told apart: a {@link
 * dev.leasehold.sanlock.client.SanlockException} is the daemon's answer, an {@link
 * java.io.IOException} means that there was none; after a {@link java.net.SocketTimeoutException}
 * it is not known whether what was asked for happens.
 */
@NullMarked
package dev.leasehold.sanlock.client;

import org.jspecify.annotations.NullMarked;
