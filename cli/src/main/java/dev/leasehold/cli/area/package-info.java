// SPDX-License-Identifier: Apache-2.0

/**
 * Reading lease areas for commands that only look: read-only, without joining a lockspace.
 *
 * <p>Nothing here writes to shared storage.
 */
@NullMarked
package dev.leasehold.cli.area;

import org.jspecify.annotations.NullMarked;
