// SPDX-License-Identifier: Apache-2.0

/**
 * Typed bindings of the system calls that the Linux adapters need, by the foreign function API.
 *
 * <p>One method a call, no policy: a result is what the kernel says, zero or positive for success
 * and the negative errno for failure, so that no caller has to look after {@code errno}. Used by
 * {@code dev.leasehold.linux} and its sub-packages only (docs/decisions/0021).
 */
@NullMarked
package dev.leasehold.linux.ffi;

import org.jspecify.annotations.NullMarked;
