// SPDX-License-Identifier: Apache-2.0

/**
 * Resources and every command on them: acquire, release, convert, inquire, request, examine,
 * orphans, lock value blocks, first-lease creation, and who stands in the way
 * (docs/spec/algorithms.md 3.5 to 3.9, 5.3 to 5.7). {@link
 * dev.leasehold.engine.resource.ResourceManager} is the front door.
 *
 * <p>It must not decide whether a host is alive (that is {@code engine.lockspace}) nor write a
 * sector by itself (that is {@code dev.leasehold.lease}), and it never calls a port while it holds
 * a lock.
 */
@NullMarked
package dev.leasehold.engine.resource;

import org.jspecify.annotations.NullMarked;
