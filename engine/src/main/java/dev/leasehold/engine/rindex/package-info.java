// SPDX-License-Identifier: Apache-2.0

/**
 * The resource index: many leases on one device, found by name (docs/spec/ondisk.md 7,
 * docs/spec/wire.md 4.26); and the sizes that a new lease area gets if nobody says.
 *
 * <p>It knows no clients: an index operation belongs to this host as a whole. The holders of leases
 * are not its business.
 */
@NullMarked
package dev.leasehold.engine.rindex;

import org.jspecify.annotations.NullMarked;
