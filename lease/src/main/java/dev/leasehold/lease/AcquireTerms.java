// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease;

import java.util.Optional;

/**
 * How a Paxos lease is to be acquired.
 *
 * @param mode exclusive or shared
 * @param wantLver refuse with ACQUIRE_LVER unless the lease has this version; 0 is no condition
 * @param newNumHosts num_hosts to set with the acquisition, 0 to leave it. Not below our own host
 *     id, not above the lease's max_hosts (EINVAL); not below a living host that shares the lease
 *     (EINVAL, or EAGAIN if the lease is to be exclusive). Changing it is safe only while no other
 *     host competes for the lease
 * @param ownerNoWait fail with ACQUIRE_OWNED_RETRY instead of waiting until a silent owner is
 *     provably dead
 * @param lvb the lock value block will be used: refuse with EINVAL, before anything is written,
 *     where the lease has no room for it
 * @param sharedRetries how often a shared acquire is repeated while other hosts hold the lease for
 *     a moment (sh_retries, 8 by default)
 * @param expectedNumHosts how many hosts the first read should cover, e.g. num_hosts as seen
 *     before; 0 if unknown. Only speed depends on it
 * @param census ballots scan only hosts that there are, see {@link HostViews#census}. Only speed
 *     depends on it: worth its while where many leases are taken at once
 * @param hint what is remembered from our own last release
 */
public record AcquireTerms(
    HoldMode mode,
    long wantLver,
    long newNumHosts,
    boolean ownerNoWait,
    boolean lvb,
    int sharedRetries,
    int expectedNumHosts,
    boolean census,
    Optional<AcquireHint> hint) {

  private static final int DEFAULT_SHARED_RETRIES = 8;

  /** Unconditional. */
  public static AcquireTerms of(HoldMode mode) {
    return new AcquireTerms(
        mode, 0, 0, false, false, DEFAULT_SHARED_RETRIES, 0, false, Optional.empty());
  }

  /** Only if the lease has this version; 0 is no condition. */
  public AcquireTerms wantingLver(long lver) {
    return new AcquireTerms(
        mode, lver, newNumHosts, ownerNoWait, lvb, sharedRetries, expectedNumHosts, census, hint);
  }

  /** Sets num_hosts. */
  public AcquireTerms settingNumHosts(long numHosts) {
    return new AcquireTerms(
        mode, wantLver, numHosts, ownerNoWait, lvb, sharedRetries, expectedNumHosts, census, hint);
  }

  /** Does not wait for a silent owner. */
  public AcquireTerms withoutWaiting() {
    return new AcquireTerms(
        mode, wantLver, newNumHosts, true, lvb, sharedRetries, expectedNumHosts, census, hint);
  }

  /** The lock value block will be used. */
  public AcquireTerms withLvb() {
    return new AcquireTerms(
        mode,
        wantLver,
        newNumHosts,
        ownerNoWait,
        true,
        sharedRetries,
        expectedNumHosts,
        census,
        hint);
  }

  /** With another number of repetitions. */
  public AcquireTerms withSharedRetries(int retries) {
    return new AcquireTerms(
        mode, wantLver, newNumHosts, ownerNoWait, lvb, retries, expectedNumHosts, census, hint);
  }

  /** With a first read for so many hosts. */
  public AcquireTerms expectingNumHosts(int numHosts) {
    return new AcquireTerms(
        mode, wantLver, newNumHosts, ownerNoWait, lvb, sharedRetries, numHosts, census, hint);
  }

  /** Scanning only hosts that there are. */
  public AcquireTerms countingHosts() {
    return new AcquireTerms(
        mode, wantLver, newNumHosts, ownerNoWait, lvb, sharedRetries, expectedNumHosts, true, hint);
  }

  /** With what is remembered of it. */
  public AcquireTerms remembering(AcquireHint memory) {
    return new AcquireTerms(
        mode,
        wantLver,
        newNumHosts,
        ownerNoWait,
        lvb,
        sharedRetries,
        expectedNumHosts,
        census,
        Optional.of(memory));
  }

  /** With nothing remembered: what was is used up. */
  AcquireTerms forgetting() {
    return new AcquireTerms(
        mode,
        wantLver,
        newNumHosts,
        ownerNoWait,
        lvb,
        sharedRetries,
        expectedNumHosts,
        census,
        Optional.empty());
  }
}
