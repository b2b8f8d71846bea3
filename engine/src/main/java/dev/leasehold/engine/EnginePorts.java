// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

import dev.leasehold.engine.port.Processes;
import dev.leasehold.engine.port.Tasks;
import dev.leasehold.engine.port.Watchdog;
import dev.leasehold.lease.Clock;
import dev.leasehold.storage.Storage;
import java.util.random.RandomGenerator;

/**
 * The outside world as the engine may see it.
 *
 * @param clock the clocks
 * @param tasks everything concurrent
 * @param storage shared storage
 * @param processes processes of this host
 * @param watchdog what resets this host
 * @param random for back-offs; need not be secure
 */
public record EnginePorts(
    Clock clock,
    Tasks tasks,
    Storage storage,
    Processes processes,
    Watchdog watchdog,
    RandomGenerator random) {}
