// SPDX-License-Identifier: Apache-2.0

/**
 * Measurements side by side with the C programs on the same disk.
 *
 * <p>Nothing depends on it.
 */
@NullMarked
package dev.leasehold.bench;

import org.jspecify.annotations.NullMarked;
