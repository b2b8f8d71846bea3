// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.hostdaemon;

/**
 * A lease that the daemon holds for a process.
 *
 * @param lease its name
 * @param pid of the process; 0 if it has ended and the lease is kept
 * @param process in words; empty if nothing is known
 */
public record DaemonHeld(String lease, boolean shared, int pid, String process) {}
