// SPDX-License-Identifier: Apache-2.0
/**
 * What the daemon can be told: options and configuration keys of the original, with its defaults
 * (docs/spec/algorithms.md 7.1 – 7.3). Reads text, starts nothing.
 */
@NullMarked
package dev.leasehold.daemon.config;

import org.jspecify.annotations.NullMarked;
