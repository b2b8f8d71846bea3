// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.holder;

import dev.leasehold.engine.port.Processes.ProcessId;
import java.util.Optional;

/**
 * One registration as it was at one moment, for status and for resuming after a restart.
 *
 * @param ended its process or connection has ended; it stays until its running command is done
 * @param commandActive a command is running for it
 * @param killAttempts how often it was signalled or its kill program run; 0 when it is not being
 *     killed
 */
public record HolderSnapshot(
    HolderId id,
    ProcessId process,
    Lifetime lifetime,
    HolderLabel label,
    Restrictions restrictions,
    Optional<KillPath> killPath,
    boolean ended,
    boolean commandActive,
    int killAttempts) {}
