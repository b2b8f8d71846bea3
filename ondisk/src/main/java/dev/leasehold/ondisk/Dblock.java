// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import java.lang.foreign.MemorySegment;

/**
 * A host's block in the Disk Paxos ballots of a lease: 56 bytes at the start of its host sector
 * (docs/spec/ondisk.md 6.4). All 64-bit fields are unsigned. The flags are outside the checksum.
 *
 * @param mbal the highest ballot number this host has started
 * @param bal the ballot in which {@code inp} was proposed, 0 in phase 1
 * @param inp the proposed owner's host id, 0 in phase 1
 * @param inp2 the proposed owner's generation
 * @param inp3 the proposed owner's timestamp: CLOCK_MONOTONIC seconds of that host
 * @param lver the lease version this ballot is for
 * @param checksum as stored
 */
public record Dblock(
    long mbal, long bal, long inp, long inp2, long inp3, long lver, int checksum, int flags) {
  /** Bytes of the record. */
  public static final int SIZE = 56;

  /** How many of them the checksum covers. */
  public static final int CHECKSUM_LENGTH = 48;

  /** The host has given up what it won in this ballot. */
  public static final int RELEASED = 0x1;

  /** A block that was never used: all zero. */
  public static final Dblock EMPTY = new Dblock(0, 0, 0, 0, 0, 0, 0, 0);

  private static final int BAL = 8;
  private static final int INP = 16;
  private static final int INP2 = 24;
  private static final int INP3 = 32;
  private static final int LVER = 40;
  private static final int CHECKSUM = 48;
  private static final int FLAGS = 52;

  /** Reads the 56 bytes at {@code offset}; nothing is checked. */
  public static Dblock decode(MemorySegment segment, long offset) {
    return new Dblock(
        Bytes.u64(segment, offset),
        Bytes.u64(segment, offset + BAL),
        Bytes.u64(segment, offset + INP),
        Bytes.u64(segment, offset + INP2),
        Bytes.u64(segment, offset + INP3),
        Bytes.u64(segment, offset + LVER),
        Bytes.u32(segment, offset + CHECKSUM),
        Bytes.u32(segment, offset + FLAGS));
  }

  /** Writes the 56 bytes at {@code offset}, the checksum as it is in this record. */
  public void encode(MemorySegment segment, long offset) {
    Bytes.putU64(segment, offset, mbal);
    Bytes.putU64(segment, offset + BAL, bal);
    Bytes.putU64(segment, offset + INP, inp);
    Bytes.putU64(segment, offset + INP2, inp2);
    Bytes.putU64(segment, offset + INP3, inp3);
    Bytes.putU64(segment, offset + LVER, lver);
    Bytes.putU32(segment, offset + CHECKSUM, checksum);
    Bytes.putU32(segment, offset + FLAGS, flags);
  }

  /**
   * Whether the dblock at {@code offset} was never used, without making an object of it: checksum,
   * mbal, bal, inp and lver are all zero; inp2, inp3 and flags are not looked at (6.4).
   */
  public static boolean isUnused(MemorySegment segment, long offset) {
    // mbal first: in a used block it is almost always not zero, and then nothing else is read.
    return Bytes.u64(segment, offset) == 0
        && Bytes.u64(segment, offset + LVER) == 0
        && Bytes.u32(segment, offset + CHECKSUM) == 0
        && Bytes.u64(segment, offset + BAL) == 0
        && Bytes.u64(segment, offset + INP) == 0;
  }

  /**
   * The first write of a ballot: a ballot number and the version it is for, nothing proposed (6.6,
   * step 1).
   */
  public static Dblock phase1(long mbal, long lver) {
    return new Dblock(mbal, 0, 0, 0, 0, lver, 0, 0).withChecksum();
  }

  /**
   * The second write of a ballot that this block started: proposes an owner under the same ballot
   * number (6.6, step 2). Flags are clear.
   */
  public Dblock phase2(long inp, long inp2, long inp3) {
    return new Dblock(mbal, mbal, inp, inp2, inp3, lver, 0, 0).withChecksum();
  }

  /**
   * This block under another ballot number, keeping what it proposed: the first write of a further
   * ballot for the same version as the textbook has it. Flags are clear.
   */
  public Dblock withMbal(long newMbal) {
    return new Dblock(newMbal, bal, inp, inp2, inp3, lver, 0, 0).withChecksum();
  }

  /** The same values with RELEASED set; the checksum does not cover the flags and stays. */
  public Dblock released() {
    return new Dblock(mbal, bal, inp, inp2, inp3, lver, checksum, flags | RELEASED);
  }

  /** The same values with the checksum that belongs to them. */
  public Dblock withChecksum() {
    return new Dblock(mbal, bal, inp, inp2, inp3, lver, computeChecksum(), flags);
  }

  /** The checksum that belongs to the values. */
  public int computeChecksum() {
    MemorySegment bytes = MemorySegment.ofArray(new byte[SIZE]);
    encode(bytes, 0);
    return Checksum.of(bytes, 0, CHECKSUM_LENGTH);
  }

  /** Whether the host never used this lease (see {@link #isUnused(MemorySegment, long)}). */
  public boolean isUnused() {
    return checksum == 0 && mbal == 0 && bal == 0 && inp == 0 && lver == 0;
  }

  /** Whether the values may be used: never used, or the checksum is right. */
  public boolean isValid() {
    return isUnused() || checksum == computeChecksum();
  }

  /** Whether the host has given up what it won. */
  public boolean isReleased() {
    return (flags & RELEASED) != 0;
  }
}
