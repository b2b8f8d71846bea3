// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.engine.LossReason;

/**
 * That a lockspace was given up, for good.
 *
 * @param reason why
 * @param words why, for people
 * @param atBootNanos when that was found
 * @param holdersMayBeRobbed whether another host may have taken our leases already, so that holders
 *     get no time to stop in good order
 */
record Loss(LossReason reason, String words, long atBootNanos, boolean holdersMayBeRobbed) {}
