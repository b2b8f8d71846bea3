// SPDX-License-Identifier: Apache-2.0
/**
 * What resets this host: wdmd by its socket, or the watchdog device itself (docs/spec/algorithms.md
 * 6). Decides nothing about leases.
 */
@NullMarked
package dev.leasehold.linux.watchdog;

import org.jspecify.annotations.NullMarked;
