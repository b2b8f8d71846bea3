// SPDX-License-Identifier: Apache-2.0

/**
 * The sanlock socket beside the original: the same clients talk to the C daemon and to our door,
 * and what they are told is compared.
 */
@NullMarked
package dev.leasehold.interop.sanlock;

import org.jspecify.annotations.NullMarked;
