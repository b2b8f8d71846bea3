// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.conf;

import dev.leasehold.libvirt.naming.LeaseIdentity;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What {@code leasehold.conf} and {@code qemu-sanlock.conf} say, checked and with every default
 * filled in. The meanings are in {@link Key} and docs/configuration.md.
 *
 * @param autoDiskLeases every disk has a lease by itself
 * @param diskLeaseDir absolute path of the lease directory
 * @param hostId 1 to 2000; empty: find one
 * @param requireLeaseForDisks refuse guests with exclusively written disks and no lease
 * @param ioTimeout seconds, 1 to 255
 * @param uid owner of new files, if set
 * @param gid group of new files, if set
 * @param leaseIdentity what makes two paths one disk
 * @param protectBackingFiles shared leases on backing files
 * @param lostLeaseAction what happens to a guest whose leases are lost
 * @param gracePeriod seconds from that to SIGKILL, at most {@code watchdogFireTimeout}
 * @param watchdog which watchdog
 * @param watchdogDevice path of its device
 * @param watchdogFireTimeout seconds
 * @param hostName if set
 * @param minHosts fewest host ids that a new lease has room for
 * @param maxHosts most host ids that a new lease has room for
 * @param sanlockSocket path, empty: not served
 * @param virtlockdSocket path, empty: not served
 * @param libvirtUri the libvirt that pauses and powers off
 * @param metricsListen {@code HOST:PORT} or {@code unix:PATH}, empty: not served
 */
public record LeaseholdConfig(
    boolean autoDiskLeases,
    String diskLeaseDir,
    OptionalInt hostId,
    boolean requireLeaseForDisks,
    int ioTimeout,
    OptionalInt uid,
    OptionalInt gid,
    LeaseIdentity leaseIdentity,
    boolean protectBackingFiles,
    LostLeaseAction lostLeaseAction,
    int gracePeriod,
    WatchdogChoice watchdog,
    String watchdogDevice,
    int watchdogFireTimeout,
    Optional<String> hostName,
    int minHosts,
    int maxHosts,
    Optional<String> sanlockSocket,
    Optional<String> virtlockdSocket,
    String libvirtUri,
    Optional<String> metricsListen) {

  /** Name of the lockspace, and of its file in the lease directory. */
  public static final String LOCKSPACE = "__LIBVIRT__DISKS__";

  private static final int OWNER_ONLY = 0600;
  private static final int OWNER_AND_GROUP = 0660;

  /** Path of the lockspace. */
  public String lockspacePath() {
    return diskLeaseDir + "/" + LOCKSPACE;
  }

  /** Path of a lease by its name. */
  public String leasePath(String leaseName) {
    return diskLeaseDir + "/" + leaseName;
  }

  /**
   * Permission bits of new files: with a group set, it may use them. The original makes leases 0600
   * even then, and a daemon that has only the group cannot open them (libvirt-sanlock.md 8, row
   * 13).
   */
  public int fileMode() {
    return gid.isPresent() ? OWNER_AND_GROUP : OWNER_ONLY;
  }
}
