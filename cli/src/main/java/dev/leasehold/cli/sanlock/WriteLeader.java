// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import dev.leasehold.ondisk.DeltaSector;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.HostBitmap;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.sanlock.wire.WireDisk;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * {@code direct write_leader}: writes any values into a leader record, whoever owns it. A tool for
 * repair and for tests: nothing is checked, and a lease in use is lost by it.
 */
final class WriteLeader {
  private static final int EFAULT = 14;
  private static final int ENOENT = 2;
  private static final int EIO = 5;

  private final Line line;
  private final PrintStream out;
  private final boolean lockspace;

  WriteLeader(Line line, PrintStream out) {
    this.line = line;
    this.out = out;
    this.lockspace = Arguments.hasLockspacePath(line);
  }

  /**
   * A leader record in its place.
   *
   * @param before what stands there
   */
  private record Found(DirectDisk disk, long offset, LeaderRecord before) implements AutoCloseable {
    @Override
    public void close() {
      disk.close();
    }
  }

  int run() {
    Optional<String> file = line.text('F');
    if (file.isEmpty()) {
      return unopened(EFAULT, "(null)");
    }
    List<String> lines;
    try {
      lines = split(Files.readString(Path.of(file.get()), StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException e) {
      return unopened(ENOENT, file.get());
    } catch (IOException e) {
      return unopened(EIO, file.get());
    }
    try (Found found = find()) {
      LeaderRecord after = edited(found.before, lines);
      return done(write(found, after), Optional.of(after));
    } catch (LeaseException e) {
      edited(LeaderRecord.decode(MemorySegment.ofArray(new byte[LeaderRecord.SIZE]), 0), lines);
      boolean missing = lockspace && e.code() == ErrorCode.ENOENT;
      return done((missing ? ErrorCode.ENODEV : e.code()).number(), Optional.empty());
    }
  }

  private int unopened(int errno, String name) {
    out.println("open error " + errno + " " + name);
    return 1;
  }

  private static List<String> split(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split("(?<=\n)"));
  }

  private int done(int result, Optional<LeaderRecord> leader) {
    out.println("write_leader done " + result);
    if (result == 0) {
      leader.ifPresent(record -> LeaderText.print(record, lockspace, out));
    }
    return result;
  }

  private Found find() throws LeaseException {
    WireDisk place = place();
    DirectDisk disk = DirectDisk.open(place.path().toString(), line);
    boolean found = false;
    try {
      long offset = lockspace ? ofHost(disk, place.offset()) : place.offset();
      Found result = new Found(disk, offset, disk.leader(offset));
      found = true;
      return result;
    } finally {
      if (!found) {
        disk.close();
      }
    }
  }

  private WireDisk place() throws LeaseException {
    if (lockspace) {
      return Arguments.lockspace(line).disk();
    }
    return Arguments.resource(line).stream()
        .flatMap(resource -> resource.disks().stream())
        .findFirst()
        .orElseThrow(() -> new LeaseException(ErrorCode.EPERM, "there is no path"));
  }

  private long ofHost(DirectDisk disk, long offset) throws LeaseException {
    long host = Arguments.lockspace(line).hostId();
    if (host < 1) {
      throw new LeaseException(ErrorCode.EINVAL, "there is no host id 0");
    }
    int recorded = disk.leader(offset).sectorSize();
    int size = DirectDisk.ofSectors(recorded).map(Geometry::sectorSize).orElse(disk.ioUnit());
    return offset + (host - 1) * size;
  }

  /** The record with the values of the file; says what is skipped, and which checksum it has. */
  private LeaderRecord edited(LeaderRecord before, List<String> lines) {
    boolean ofHost = lockspace || line.resources().isEmpty();
    LeaderFile file = new LeaderFile(before, ofHost, out::print);
    lines.forEach(file::line);
    LeaderRecord right = file.record();
    String checksum = Integer.toHexString(right.checksum());
    if (!line.flag('f')) {
      out.println("use new generated checksum " + checksum);
      return right;
    }
    String given = Integer.toHexString(file.checksum());
    out.println("warning: using specified checksum " + given + " (generated is " + checksum + ")");
    // The original writes a resource's record with the right one all the same.
    return lockspace ? right.toBuilder().withChecksum(file.checksum()) : right;
  }

  private int write(Found found, LeaderRecord after) throws LeaseException {
    Optional<Geometry> sizes = DirectDisk.ofSectors(after.sectorSize());
    if (sizes.isEmpty()) {
      return ErrorCode.EINVAL.number();
    }
    int size = after.sectorSize();
    found.disk.writeSector(
        found.offset,
        sizes.get(),
        bytes -> {
          if (lockspace) {
            new DeltaSector(after, HostBitmap.EMPTY).encode(bytes, 0, size);
          } else {
            after.encodeSector(bytes, 0, size);
          }
        });
    return 0;
  }
}
