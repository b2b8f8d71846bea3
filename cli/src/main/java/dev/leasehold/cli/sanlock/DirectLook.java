// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.RindexHeader;
import dev.leasehold.sanlock.text.CNumbers;
import dev.leasehold.sanlock.text.Escapes;
import java.io.PrintStream;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** {@code direct dump} and {@code next_free}: they go through a device, area by area. */
final class DirectLook {
  private static final long MIB = 1 << 20;
  private static final int AREAS = 1024;
  private static final String NO_SIZES =
      "Cannot find sector_size and align_size, set with -A and -Z.";

  private final Line line;
  private final PrintStream out;
  private final String path;
  private final long offset;
  private final long size;

  /**
   * @param target {@code PATH[:OFFSET[:SIZE]]}, colons of the path escaped
   */
  DirectLook(Line line, String target, PrintStream out) {
    this.line = line;
    this.out = out;
    String[] parts = target.split("(?<!\\\\):", -1);
    this.path = Escapes.imported(parts[0]);
    this.offset = parts.length > 1 ? bytes(parts[1]) : 0;
    this.size = parts.length > 2 ? bytes(parts[2]) : 0;
  }

  private static long bytes(String text) {
    long number = Math.max(0, CNumbers.atoll(text));
    return text.matches("[0-9]+M.*") ? number * MIB : number;
  }

  int dump() {
    if (offset % MIB != 0) {
      out.println("WARNING: dump offset should be a multiple of " + MIB + " bytes.");
    }
    try (DirectDisk disk = DirectDisk.openReadOnly(path, line)) {
      Optional<Geometry> sizes = line.sizes().or(() -> recorded(disk));
      if (sizes.isEmpty()) {
        out.println(NO_SIZES);
        return 1;
      }
      dump(disk, sizes.get());
      return 0;
    } catch (LeaseException e) {
      if (e.code() == ErrorCode.ENOENT || e.code() == ErrorCode.EPERM) {
        out.println("Device " + path + " not found.");
      } else {
        out.println("Device " + path + ": " + e.detail());
      }
      return 1;
    }
  }

  /** The sizes of the first lease that is found. */
  private Optional<Geometry> recorded(DirectDisk disk) {
    for (int k = 0; k < AREAS && (size == 0 || k * MIB < size); k++) {
      Optional<LeaderRecord> leader = disk.leaderAt(offset + k * MIB);
      if (leader.isEmpty()) {
        return Optional.empty();
      }
      Optional<Geometry> sizes = leader.filter(DirectLook::isLease).flatMap(LeaderRecord::geometry);
      if (sizes.isPresent()) {
        return sizes;
      }
    }
    return Optional.empty();
  }

  private static boolean isLease(LeaderRecord leader) {
    return leader.magic() == LeaderRecord.DELTA_MAGIC || leader.magic() == LeaderRecord.PAXOS_MAGIC;
  }

  private void dump(DirectDisk disk, Geometry sizes) {
    DirectDump dump = new DirectDump(out, line.number('f', 0));
    dump.heading();
    // Less than an area is no limit.
    long length = size / sizes.alignSize() * sizes.alignSize();
    long at = offset;
    boolean more = true;
    while (more) {
      Optional<MemorySegment> area = disk.bytes(at, sizes.alignSize());
      boolean known = area.isPresent() && dump.area(area.get(), sizes, at);
      at += sizes.alignSize();
      more = area.isPresent() && (length == 0 ? known : at - offset < length);
    }
  }

  /** How far behind the offset the first area is that holds nothing known. */
  int nextFree() {
    try (DirectDisk disk = DirectDisk.openReadOnly(path, line)) {
      Optional<Geometry> sizes = line.sizes();
      if (sizes.isEmpty()) {
        out.println(NO_SIZES);
        return 1;
      }
      long at = offset;
      while (disk.leaderAt(at).filter(DirectLook::isUsed).isPresent()) {
        at += sizes.get().alignSize();
      }
      out.println(at - offset);
      return 0;
    } catch (LeaseException e) {
      return 1;
    }
  }

  private static boolean isUsed(LeaderRecord leader) {
    return isLease(leader) || leader.magic() == RindexHeader.MAGIC;
  }
}
