// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import java.lang.foreign.MemorySegment;
import java.util.OptionalInt;

/**
 * A resource index area that was read whole, with a header that passed its checks
 * (docs/spec/ondisk.md section 7). Entry numbers count from 0; whatever is given or found on disk,
 * nothing outside the index is read.
 *
 * <p>A view: {@link #put} changes the segment. As safe for use by threads as the segment is.
 */
public final class ResourceIndex {
  /** The name of the private lease that guards the index. */
  public static final Name LEASE_NAME = Name.of("rindex_lease");

  private final MemorySegment area;
  private final RindexHeader header;
  private final Geometry geometry;
  private final int capacity;

  /**
   * The index in {@code area}, which holds the whole index area from its start.
   *
   * @param rxOffset where the index is on the device, in bytes
   * @throws LeaseException as {@link RindexHeader#verify} and {@link RindexHeader#geometry}
   * @throws IllegalArgumentException if the segment is shorter than the header's align size
   */
  public ResourceIndex(MemorySegment area, Name lockspace, long rxOffset) throws LeaseException {
    this.area = area;
    this.header = RindexHeader.decode(area, 0);
    header.verify(lockspace, rxOffset);
    this.geometry = header.geometry();
    if (area.byteSize() < geometry.alignSize()) {
      throw new IllegalArgumentException(
          area.byteSize() + " bytes do not hold an index of " + geometry.alignSize());
    }
    int limit = RindexHeader.resourceLimit(geometry);
    int wanted = header.maxResources();
    this.capacity = wanted == 0 || Integer.compareUnsigned(wanted, limit) > 0 ? limit : wanted;
  }

  /** The header. */
  public RindexHeader header() {
    return header;
  }

  /** The sizes of the index area, its private lease and its resources. */
  public Geometry geometry() {
    return geometry;
  }

  /** How many entries there are to be searched. */
  public int capacity() {
    return capacity;
  }

  /** Where the private lease is on the device, in bytes. */
  public long leaseOffset() {
    return header.rxOffset() + geometry.alignSize();
  }

  /** Where the resource of an entry is on the device, in bytes. */
  public long resourceOffset(int entry) {
    return header.rxOffset() + (2L + checked(entry)) * geometry.alignSize();
  }

  /** Where an entry is in the index area, in bytes. */
  public long entryOffset(int entry) {
    return geometry.sectorSize() + (long) checked(entry) * RindexEntry.SIZE;
  }

  /** Where in the index area the one sector is that holds an entry: what is to be written. */
  public long entrySectorOffset(int entry) {
    long offset = entryOffset(entry);
    return offset - offset % geometry.sectorSize();
  }

  private int checked(int entry) {
    if (entry < 0 || entry >= capacity) {
      throw new IllegalArgumentException("entry " + entry + " is not in 0 to " + (capacity - 1));
    }
    return entry;
  }

  /** An entry. */
  public RindexEntry entry(int entry) {
    return RindexEntry.decode(area, entryOffset(entry));
  }

  /** Changes an entry in the segment. */
  public void put(int entry, RindexEntry value) {
    value.encode(area, entryOffset(entry));
  }

  /** The first entry of that name; an empty name has none. */
  public OptionalInt find(Name name) {
    for (int entry = 0; !name.isEmpty() && entry < capacity; entry++) {
      if (name.sameName(area, entryOffset(entry) + 16)) {
        return OptionalInt.of(entry);
      }
    }
    return OptionalInt.empty();
  }

  /** The lowest free entry. */
  public OptionalInt lowestFree() {
    for (int entry = 0; entry < capacity; entry++) {
      if (entry(entry).isFree()) {
        return OptionalInt.of(entry);
      }
    }
    return OptionalInt.empty();
  }

  /**
   * Which entry a resource area belongs to.
   *
   * @param resOffset where the area is on the device, in bytes
   * @throws LeaseException RINDEX_OFFSET if that is not a multiple of the align size, EINVAL if it
   *     is outside the index's resources
   */
  public int entryAt(long resOffset) throws LeaseException {
    if (resOffset % geometry.alignSize() != 0) {
      throw new LeaseException(
          ErrorCode.RINDEX_OFFSET,
          "offset " + resOffset + " is not a multiple of the align size " + geometry.alignSize());
    }
    long distance = resOffset - header.rxOffset();
    long entry = distance / geometry.alignSize() - 2;
    if (distance < 0 || entry < 0 || entry >= capacity) {
      throw new LeaseException(
          ErrorCode.EINVAL,
          "offset " + resOffset + " is not one of the index's " + capacity + " resources");
    }
    return (int) entry;
  }

  /** Frees all entries in the segment: the start of a rebuild, which keeps the header sector. */
  public void clear() {
    Bytes.zero(area, geometry.sectorSize(), (long) geometry.alignSize() - geometry.sectorSize());
  }
}
