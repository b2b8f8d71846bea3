// SPDX-License-Identifier: Apache-2.0

/**
 * {@code leasehold demo}: the first minute with the product. Real engines in processes of their own
 * on a directory that is removed again; it must touch nothing else.
 */
@NullMarked
package dev.leasehold.cli.demo;

import org.jspecify.annotations.NullMarked;
