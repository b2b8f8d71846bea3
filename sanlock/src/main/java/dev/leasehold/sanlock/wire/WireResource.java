// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

import dev.leasehold.ondisk.Name;
import java.util.ArrayList;
import java.util.List;

/**
 * A resource: 128 bytes, and its disks where a message has them (docs/spec/wire.md 2).
 *
 * @param lver version of the lease
 * @param data64 used by no command
 * @param data32 ACQUIRE with NUM_HOSTS: the new num_hosts
 * @param unused not used
 * @param flags {@link Flags}
 * @param diskCount as the structure says; where disks follow it is their number
 * @param disks what follows, if disks do
 */
public record WireResource(
    Name lockspace,
    Name name,
    long lver,
    long data64,
    int data32,
    int unused,
    int flags,
    int diskCount,
    List<WireDisk> disks) {
  /** Bytes of the structure without disks. */
  public static final int SIZE = 128;

  /** The most disks a resource has. */
  public static final int MAX_DISKS = 4;

  /** Copies the list. */
  public WireResource {
    disks = List.copyOf(disks);
  }

  /** A resource without flags. */
  public static WireResource of(Name lockspace, Name name, List<WireDisk> disks) {
    return new WireResource(lockspace, name, 0, 0, 0, 0, 0, disks.size(), disks);
  }

  /** The same with other flags. */
  public WireResource withFlags(int value) {
    return new WireResource(lockspace, name, lver, data64, data32, unused, value, diskCount, disks);
  }

  /** The same with another version. */
  public WireResource withLver(long value) {
    return new WireResource(
        lockspace, name, value, data64, data32, unused, flags, diskCount, disks);
  }

  /** The same with other names. */
  public WireResource withNames(Name lockspaceName, Name resourceName) {
    return new WireResource(
        lockspaceName, resourceName, lver, data64, data32, unused, flags, diskCount, disks);
  }

  /** The same with another 32-bit datum. */
  public WireResource withData32(int value) {
    return new WireResource(lockspace, name, lver, data64, value, unused, flags, diskCount, disks);
  }

  /** The same with these disks behind it. */
  WireResource withDisks(List<WireDisk> following) {
    return new WireResource(
        lockspace, name, lver, data64, data32, unused, flags, diskCount, following);
  }

  /** The same as it is sent where no disks follow. */
  public WireResource withoutDisks() {
    return withDisks(List.of());
  }

  /** Whether a resource can have so many disks. */
  public boolean hasPossibleDisks() {
    return diskCount >= 1 && diskCount <= MAX_DISKS;
  }

  /** Bytes with the disks that follow. */
  public int size() {
    return SIZE + disks.size() * WireDisk.SIZE;
  }

  /** Reads the 128 bytes. */
  static WireResource read(Layout in) {
    return new WireResource(
        in.name(), in.name(), in.u64(), in.u64(), in.u32(), in.u32(), in.u32(), in.u32(),
        List.of());
  }

  /** Reads the disks behind them. */
  WireResource readDisks(Layout in) {
    List<WireDisk> following = new ArrayList<>();
    for (int i = 0; i < diskCount; i++) {
      following.add(WireDisk.read(in));
    }
    return withDisks(following);
  }

  void write(Layout out) {
    out.name(lockspace)
        .name(name)
        .u64(lver)
        .u64(data64)
        .u32(data32)
        .u32(unused)
        .u32(flags)
        .u32(diskCount);
    disks.forEach(disk -> disk.write(out));
  }
}
