// SPDX-License-Identifier: Apache-2.0
/**
 * Harness around the real programs: private C daemons, python3-sanlock clients, a faulty file
 * system.
 *
 * <p>For tests and measurements only. Everything it starts is private to the caller (run directory,
 * mount point, processes) and gone when closed. It must not be used by product code.
 */
@NullMarked
package dev.leasehold.interop;

import org.jspecify.annotations.NullMarked;
