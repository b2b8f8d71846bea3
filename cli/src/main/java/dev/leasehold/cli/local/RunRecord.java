// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.local;

import dev.leasehold.cli.disk.DiskMode;
import dev.leasehold.engine.port.Processes.ProcessId;
import java.util.List;
import java.util.Optional;

/**
 * What a run noted down about itself.
 *
 * @param bootId of the host when the run was started
 * @param suspendedSeconds how long the host had been suspended since its boot when the run was
 *     started
 * @param pidNamespace in which the process ids are (inode number of /proc/self/ns/pid)
 * @param supervisor the process that holds the leases
 * @param owner the host name in its delta lease: no other run ever has the same
 * @param leaseDirectory absolute path
 * @param hostId its host id, or the one that it is about to take; 0 while it has none
 * @param generation of that host id; 0 while it is not joined
 * @param ioTimeout N of its delta lease in seconds
 * @param since when the run was started or, if it holds its leases, since when it does, in seconds
 *     since 1970
 * @param phase what it is doing
 * @param command the process that the leases are held for, once there is one
 * @param commandLine that command as it was given
 * @param disks the disks with a lease
 */
public record RunRecord(
    String bootId,
    long suspendedSeconds,
    long pidNamespace,
    ProcessId supervisor,
    String owner,
    String leaseDirectory,
    long hostId,
    long generation,
    int ioTimeout,
    long since,
    Phase phase,
    Optional<ProcessId> command,
    String commandLine,
    List<HeldDisk> disks) {

  /** A disk that the run has a lease for, or wants one for. */
  public record HeldDisk(DiskMode mode, String path) {}

  /** How far a run has got. */
  public enum Phase {
    /** It takes its host id; no lease can be its own yet. */
    JOINING,
    /** It writes to leases. */
    ACQUIRING,
    /** Nothing but renewals of its host id is written. */
    HELD,
    /** It writes to leases. */
    RELEASING
  }

  /** Keeps the list from being changed. */
  public RunRecord {
    disks = List.copyOf(disks);
  }

  /** The same with the host id that it is about to take. */
  RunRecord claiming(long id) {
    return with(id, 0, Phase.JOINING, command);
  }

  /** The same, joined. */
  public RunRecord joined(long newHostId, long newGeneration, Phase newPhase) {
    return with(newHostId, newGeneration, newPhase, command);
  }

  /** The same with its command. */
  public RunRecord running(ProcessId process) {
    return with(hostId, generation, phase, Optional.of(process));
  }

  /** The same in another phase. */
  public RunRecord in(Phase newPhase) {
    return with(hostId, generation, newPhase, command);
  }

  /** The same, holding its leases since a moment in seconds since 1970. */
  public RunRecord holding(long from) {
    return new RunRecord(
        bootId,
        suspendedSeconds,
        pidNamespace,
        supervisor,
        owner,
        leaseDirectory,
        hostId,
        generation,
        ioTimeout,
        from,
        Phase.HELD,
        command,
        commandLine,
        disks);
  }

  private RunRecord with(
      long newHostId, long newGeneration, Phase newPhase, Optional<ProcessId> newCommand) {
    return new RunRecord(
        bootId,
        suspendedSeconds,
        pidNamespace,
        supervisor,
        owner,
        leaseDirectory,
        newHostId,
        newGeneration,
        ioTimeout,
        since,
        newPhase,
        newCommand,
        commandLine,
        disks);
  }
}
