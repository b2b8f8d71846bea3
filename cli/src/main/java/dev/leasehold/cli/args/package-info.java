// SPDX-License-Identifier: Apache-2.0

/**
 * Commands described as data, and the parser and help texts made from that description.
 *
 * <p>It knows nothing of leases. It is written by hand because starting fast matters more here than
 * features: docs/decisions/0006-own-option-parser.md.
 */
@NullMarked
package dev.leasehold.cli.args;

import org.jspecify.annotations.NullMarked;
