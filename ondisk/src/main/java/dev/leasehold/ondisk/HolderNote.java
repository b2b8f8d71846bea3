// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.UUID;

/**
 * Who holds a lease, in words for people: Leasehold's own record, in a sector of the resource area
 * that sanlock neither reads nor writes ({@link Geometry#noteOffset}). Its bytes are described in
 * {@code docs/holder-note.md}.
 *
 * <p>Never needed for safety, and never believed by itself: a note is shown only if it is bound to
 * what the lease says now ({@link #describes}). Texts that are too long for 512 bytes are cut when
 * the record is made, so what was encoded is what is decoded; control characters become U+FFFD.
 *
 * @param shared whether the lease is held shared
 * @param guest whether {@code holderName} is the name of a guest, else it is that of a command
 * @param hostId the holder's host
 * @param generation that host's generation
 * @param lver the lease version of the ballot that won the lease, as in the holder's dblock
 * @param acquiredAt wall-clock time of acquisition in seconds since 1970, up to the year 9999
 * @param pid the holder's process on its host, 0 if unknown
 * @param pidStart when that process started, in clock ticks since boot as /proc has it; 0 if
 *     unknown
 * @param guestUuid the guest's UUID, if there is one
 * @param hostName what people call the holder's host
 * @param diskPath the disk that the lease is for, empty if unknown
 */
public record HolderNote(
    boolean shared,
    boolean guest,
    long hostId,
    long generation,
    long lver,
    long acquiredAt,
    long pid,
    long pidStart,
    String holderName,
    Optional<UUID> guestUuid,
    String hostName,
    String diskPath) {
  /** Bytes of the record, whatever the sector size. */
  public static final int SIZE = 512;

  /** The most bytes of UTF-8 that a holder's name keeps. */
  public static final int MAX_HOLDER_NAME = 128;

  /** The most bytes of UTF-8 that a host's name keeps. */
  public static final int MAX_HOST_NAME = 64;

  static final long LAST_SECOND = 253_402_300_799L;

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");
  private static final DateTimeFormatter DATE_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

  /**
   * Cuts the texts to what fits.
   *
   * @throws IllegalArgumentException if host id, time or pid cannot be one
   */
  public HolderNote {
    if (!isPlausible(hostId, acquiredAt, pid)) {
      throw new IllegalArgumentException(
          "no note can have host id " + hostId + ", time " + acquiredAt + " and pid " + pid);
    }
    holderName = NoteText.cutEnd(NoteText.clean(holderName), MAX_HOLDER_NAME);
    hostName = NoteText.cutEnd(NoteText.clean(hostName), MAX_HOST_NAME);
    int left = NoteCodec.TEXT_SPACE - NoteText.size(holderName) - NoteText.size(hostName);
    diskPath = NoteText.cutStart(NoteText.clean(diskPath), left);
  }

  static boolean isPlausible(long hostId, long acquiredAt, long pid) {
    return hostId >= 1 && acquiredAt >= 0 && acquiredAt <= LAST_SECOND && pid >= 0;
  }

  /** Writes the whole sector at {@code offset}, everything after the note zero. */
  public void encode(MemorySegment segment, long offset, int sectorSize) {
    Bytes.zero(segment, offset, sectorSize);
    NoteCodec.encode(this, segment, offset);
  }

  /**
   * The note at {@code offset}, or empty if there is none, it is damaged, or a later version that
   * cannot be read wrote it. Never throws, whatever is there.
   */
  public static Optional<HolderNote> decode(MemorySegment segment, long offset) {
    return NoteCodec.decode(segment, offset);
  }

  /** Whether this is the note of the exclusive owner that the leader names now. */
  public boolean describes(LeaderRecord leader) {
    return !shared
        && leader.magic() == LeaderRecord.PAXOS_MAGIC
        && !leader.isFree()
        && leader.ownerId() == hostId
        && leader.ownerGeneration() == generation
        && leader.lver() == lver;
  }

  /** Whether this is the note of the shared holder that this host's sector names now. */
  public boolean describes(long sectorHostId, HostSector sector) {
    return shared
        && sectorHostId == hostId
        && sector.mode().isShared()
        && sector.mode().generation() == generation
        && sector.dblock().lver() == lver;
  }

  /**
   * In words, such as {@code guest web1 (pid 4242) on host kvm3 (host id 3) since 10:21:07}.
   *
   * @param now the wall clock: the date is left out if it is today's
   * @param zone the time zone to tell the time in
   */
  public String inWords(Instant now, ZoneId zone) {
    StringBuilder text = new StringBuilder(guest ? "guest " : "");
    text.append(holderName.isEmpty() ? "a process" : holderName);
    if (pid != 0) {
      text.append(" (pid ").append(pid).append(')');
    }
    text.append(" on host ");
    if (!hostName.isEmpty()) {
      text.append(HostNames.shown(hostName)).append(' ');
    }
    text.append("(host id ").append(hostId).append(") since ").append(since(now, zone));
    return text.toString();
  }

  private String since(Instant now, ZoneId zone) {
    ZonedDateTime acquired = Instant.ofEpochSecond(acquiredAt).atZone(zone);
    boolean today = acquired.toLocalDate().equals(now.atZone(zone).toLocalDate());
    return acquired.format(today ? TIME : DATE_TIME);
  }
}
