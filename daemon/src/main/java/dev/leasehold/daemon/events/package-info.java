// SPDX-License-Identifier: Apache-2.0
/**
 * What an operator is woken for: one structured line of the log each, counted and remembered for
 * the status page. Always there, whether anything is served over HTTP or not; decides nothing.
 */
@NullMarked
package dev.leasehold.daemon.events;

import org.jspecify.annotations.NullMarked;
