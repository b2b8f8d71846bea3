// SPDX-License-Identifier: Apache-2.0
/**
 * The {@code sanlock} command: the options, output and exit codes of the original, which scripts
 * parse (docs/spec/wire.md 7). Everything goes to standard output, also what went wrong.
 */
@NullMarked
package dev.leasehold.cli.sanlock;

import org.jspecify.annotations.NullMarked;
