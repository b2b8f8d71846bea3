// SPDX-License-Identifier: Apache-2.0
/**
 * What this daemon holds, and for which processes, written down locally; and what a daemon does
 * that finds such a note of one that was killed. Its holders may run still, but nobody renews for
 * them: they are stopped, and their lockspaces are not joined again before they are gone
 * (docs/design.md, safety rules 3 and 5).
 */
@NullMarked
package dev.leasehold.daemon.journal;

import org.jspecify.annotations.NullMarked;
