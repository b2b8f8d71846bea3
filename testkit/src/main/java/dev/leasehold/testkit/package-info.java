// SPDX-License-Identifier: Apache-2.0

/**
 * What the tests of every module share, and the benchmarks. Nothing of the product depends on it,
 * and it knows no other module.
 */
@NullMarked
package dev.leasehold.testkit;

import org.jspecify.annotations.NullMarked;
