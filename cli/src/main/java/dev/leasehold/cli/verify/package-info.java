// SPDX-License-Identifier: Apache-2.0

/**
 * {@code leasehold verify-storage}: does a directory keep what the lease algorithms rely on? Works
 * in a directory of its own below the one that is checked, and touches nothing else in it.
 */
@NullMarked
package dev.leasehold.cli.verify;

import org.jspecify.annotations.NullMarked;
