// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.socket;

/**
 * The process that connected, as it was then (SO_PEERCRED).
 *
 * @param pid process id as seen in our pid namespace; 0 if it is not seen there
 * @param uid effective user id
 * @param gid effective group id
 */
public record PeerProcess(int pid, int uid, int gid) {}
