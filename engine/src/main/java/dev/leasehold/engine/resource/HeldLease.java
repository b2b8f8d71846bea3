// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.lease.HoldMode;

/**
 * One lease in one slot of a holder.
 *
 * @param slot the holder's slot, from 0; a new lease takes the lowest free one
 * @param where the resource and its disks, as acquired
 * @param mode how it is held
 * @param lver version of the lease when it was acquired or converted
 */
public record HeldLease(int slot, ResourceLocation where, HoldMode mode, long lver) {}
