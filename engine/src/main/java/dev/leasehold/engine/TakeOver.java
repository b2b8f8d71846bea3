// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.lease.LostOwner;

/**
 * A lease that was taken from a host that is gone and never gave it back.
 *
 * @param lease which: names, file, and the disk where one is known
 * @param from the host that had it
 * @param pid the process for which it was taken
 * @param label what that process calls itself
 */
public record TakeOver(LeaseRequest lease, LostOwner from, int pid, HolderLabel label) {}
