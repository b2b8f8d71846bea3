// SPDX-License-Identifier: Apache-2.0

/**
 * What the halves of the engine want of each other: lockspaces on one side, holders and resources
 * on the other. For use inside the engine only.
 */
@NullMarked
package dev.leasehold.engine.spi;

import org.jspecify.annotations.NullMarked;
