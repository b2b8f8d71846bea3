// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import dev.leasehold.storage.BlockStore;

/**
 * One place of a Paxos lease; a lease has 1 to 4 of them (docs/spec/algorithms.md 3.10).
 *
 * @param store the open file or device. It is the user's to close; while {@link
 *     BlockStore#unsettledWrites()} is not 0 the same file must not be opened a second time for
 *     this lease, because only this store knows of the write that may still land
 * @param offset where the resource area starts, in bytes
 */
public record LeaseDisk(BlockStore store, long offset) {}
