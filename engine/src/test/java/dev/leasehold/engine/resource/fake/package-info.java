// SPDX-License-Identifier: Apache-2.0

/**
 * The outside world in memory, for tests of holders and resources: tasks that run one at a time in
 * virtual time, storage with faults, processes that die on command.
 */
@NullMarked
package dev.leasehold.engine.resource.fake;

import org.jspecify.annotations.NullMarked;
