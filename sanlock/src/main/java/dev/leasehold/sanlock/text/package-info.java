// SPDX-License-Identifier: Apache-2.0

/**
 * The text formats around the sanlock socket: lockspaces, resources, states and index entries as
 * users write them and commands print them (docs/spec/wire.md 6).
 *
 * <p>Pure functions over text, as lenient and as strict as the original. Limits in bytes are of
 * UTF-8.
 */
@NullMarked
package dev.leasehold.sanlock.text;

import org.jspecify.annotations.NullMarked;
