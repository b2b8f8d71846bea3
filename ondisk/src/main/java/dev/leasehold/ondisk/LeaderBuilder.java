// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

/**
 * Changes single fields of a leader record. Not safe for use by several threads at once. The
 * methods of {@link LeaderRecord} that derive a record know the rules; this one knows none.
 */
public final class LeaderBuilder {
  private int magic;
  private int version;
  private int flags;
  private int sectorSize;
  private long numHosts;
  private long maxHosts;
  private long ownerId;
  private long ownerGeneration;
  private long lver;
  private Name spaceName;
  private Name resourceName;
  private long timestamp;
  private long unused1;
  private int unused2;
  private int ioTimeout;
  private long writeId;
  private long writeGeneration;
  private long writeTimestamp;

  LeaderBuilder(LeaderRecord from) {
    this.magic = from.magic();
    this.version = from.version();
    this.flags = from.flags();
    this.sectorSize = from.sectorSize();
    this.numHosts = from.numHosts();
    this.maxHosts = from.maxHosts();
    this.ownerId = from.ownerId();
    this.ownerGeneration = from.ownerGeneration();
    this.lver = from.lver();
    this.spaceName = from.spaceName();
    this.resourceName = from.resourceName();
    this.timestamp = from.timestamp();
    this.unused1 = from.unused1();
    this.unused2 = from.unused2();
    this.ioTimeout = from.ioTimeout();
    this.writeId = from.writeId();
    this.writeGeneration = from.writeGeneration();
    this.writeTimestamp = from.writeTimestamp();
  }

  /** A record of zeros. */
  static LeaderBuilder zero() {
    return new LeaderBuilder(
        new LeaderRecord(
            0, 0, 0, 0, 0, 0, 0, 0, 0, Name.EMPTY, Name.EMPTY, 0, 0, 0, 0, 0, 0, 0, 0));
  }

  /** Sets magic. */
  public LeaderBuilder magic(int value) {
    this.magic = value;
    return this;
  }

  /** Sets version. */
  public LeaderBuilder version(int value) {
    this.version = value;
    return this;
  }

  /** Sets flags. */
  public LeaderBuilder flags(int value) {
    this.flags = value;
    return this;
  }

  /** Sets sector_size. */
  public LeaderBuilder sectorSize(int value) {
    this.sectorSize = value;
    return this;
  }

  /** Sets num_hosts. */
  public LeaderBuilder numHosts(long value) {
    this.numHosts = value;
    return this;
  }

  /** Sets max_hosts. */
  public LeaderBuilder maxHosts(long value) {
    this.maxHosts = value;
    return this;
  }

  /** Sets owner_id. */
  public LeaderBuilder ownerId(long value) {
    this.ownerId = value;
    return this;
  }

  /** Sets owner_generation. */
  public LeaderBuilder ownerGeneration(long value) {
    this.ownerGeneration = value;
    return this;
  }

  /** Sets lver. */
  public LeaderBuilder lver(long value) {
    this.lver = value;
    return this;
  }

  /** Sets space_name. */
  public LeaderBuilder spaceName(Name value) {
    this.spaceName = value;
    return this;
  }

  /** Sets resource_name. */
  public LeaderBuilder resourceName(Name value) {
    this.resourceName = value;
    return this;
  }

  /** Sets timestamp. */
  public LeaderBuilder timestamp(long value) {
    this.timestamp = value;
    return this;
  }

  /** Sets unused1. */
  public LeaderBuilder unused1(long value) {
    this.unused1 = value;
    return this;
  }

  /** Sets unused2. */
  public LeaderBuilder unused2(int value) {
    this.unused2 = value;
    return this;
  }

  /** Sets io_timeout. */
  public LeaderBuilder ioTimeout(int value) {
    this.ioTimeout = value;
    return this;
  }

  /** Sets write_id. */
  public LeaderBuilder writeId(long value) {
    this.writeId = value;
    return this;
  }

  /** Sets write_generation. */
  public LeaderBuilder writeGeneration(long value) {
    this.writeGeneration = value;
    return this;
  }

  /** Sets write_timestamp. */
  public LeaderBuilder writeTimestamp(long value) {
    this.writeTimestamp = value;
    return this;
  }

  /** The record with the checksum that belongs to its values. */
  public LeaderRecord build() {
    return withChecksum(withChecksum(0).computeChecksum());
  }

  /** The record with a given checksum, right or wrong. */
  public LeaderRecord withChecksum(int checksum) {
    return new LeaderRecord(
        magic,
        version,
        flags,
        sectorSize,
        numHosts,
        maxHosts,
        ownerId,
        ownerGeneration,
        lver,
        spaceName,
        resourceName,
        timestamp,
        unused1,
        checksum,
        unused2,
        ioTimeout,
        writeId,
        writeGeneration,
        writeTimestamp);
  }
}
