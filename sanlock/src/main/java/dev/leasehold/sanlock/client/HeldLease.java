// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.client;

import java.util.OptionalLong;

/**
 * A lease that a holder has.
 *
 * @param lver its version, if it is exclusive
 */
public record HeldLease(ResourceRef resource, boolean shared, OptionalLong lver) {}
