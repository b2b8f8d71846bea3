// SPDX-License-Identifier: Apache-2.0

/**
 * What the runs of one machine know of each other without a daemon: a journal of live runs, and the
 * giving back of what dead ones left (docs/decisions/0005-run-hosts-and-local-journal.md).
 */
@NullMarked
package dev.leasehold.cli.local;

import org.jspecify.annotations.NullMarked;
