// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.naming;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** What the kernel says about disks. */
class DiskFacts {
  private static final int BLOCK_DEVICE = 0060000;
  private static final int REGULAR_FILE = 0100000;
  private static final int TYPE = 0170000;

  private final Path root;

  /**
   * @param root what {@code /sys} and {@code /proc} are below, {@code /} outside of tests
   */
  DiskFacts(Path root) {
    this.root = root;
  }

  /**
   * A device number.
   *
   * @param major as in {@code major:minor}
   * @param minor as in {@code major:minor}
   */
  record Device(long major, long minor) {
    /** From the kernel's encoding, as stat(2) has it in user space. */
    static Device of(long encoded) {
      return new Device(
          ((encoded >>> 8) & 0xfff) | ((encoded >>> 32) & ~0xfffL),
          (encoded & 0xff) | ((encoded >>> 12) & ~0xffL));
    }

    @Override
    public String toString() {
      return major + ":" + minor;
    }
  }

  /** What a path leads to. */
  sealed interface Target {
    record Block(Device device) implements Target {}

    record Regular(Device fileSystem, long inode) implements Target {}

    record Other() implements Target {}
  }

  /** Follows symbolic links. */
  Target target(String path) throws IOException {
    Map<String, Object> status = Files.readAttributes(Path.of(path), "unix:mode,dev,rdev,ino");
    int type = (int) number(status, "mode") & TYPE;
    if (type == BLOCK_DEVICE) {
      return new Target.Block(Device.of(number(status, "rdev")));
    }
    return type == REGULAR_FILE
        ? new Target.Regular(Device.of(number(status, "dev")), number(status, "ino"))
        : new Target.Other();
  }

  private static long number(Map<String, Object> status, String name) {
    return status.get(name) instanceof Number number ? number.longValue() : 0;
  }

  /** The path without symbolic links; the last name need not exist yet. */
  String canonical(String path) throws IOException {
    Path given = Path.of(path);
    try {
      return given.toRealPath().toString();
    } catch (NoSuchFileException e) {
      Path parent = given.getParent();
      Path name = given.getFileName();
      if (parent == null || name == null || Files.isSymbolicLink(given)) {
        throw e;
      }
      return parent.toRealPath().resolve(name).toString();
    }
  }

  /** A file below {@code /sys/dev/block/MAJOR:MINOR}, without white space at its ends. */
  Optional<String> ofBlock(Device device, String name) {
    return read(root.resolve("sys/dev/block").resolve(device.toString()).resolve(name));
  }

  /** A file of the whole disk that a partition belongs to. */
  Optional<String> ofWholeDisk(Device partition, String name) {
    try {
      Path directory =
          root.resolve("sys/dev/block").resolve(partition.toString()).toRealPath().getParent();
      return directory == null ? Optional.empty() : read(directory.resolve(name));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The type of a mounted file system, e.g. {@code nfs4}. */
  Optional<String> fileSystemType(Device device) {
    return read(root.resolve("proc/self/mountinfo"))
        .flatMap(
            text ->
                text.lines()
                    .map(line -> line.split(" ", -1))
                    .filter(fields -> fields.length > 2 && fields[2].equals(device.toString()))
                    .findFirst()
                    .flatMap(DiskFacts::typeOf));
  }

  /** The field after the separator that ends the optional ones (proc(5)). */
  private static Optional<String> typeOf(String[] fields) {
    for (int i = 6; i + 1 < fields.length; i++) {
      if (fields[i].equals("-")) {
        return Optional.of(fields[i + 1]);
      }
    }
    return Optional.empty();
  }

  /** The server's identifier of a mounted NFS export, the same on all clients. */
  Optional<String> nfsExport(Device device) {
    return read(root.resolve("proc/fs/nfsfs/volumes"))
        .flatMap(
            text ->
                text.lines()
                    .map(line -> line.strip().split(" +", -1))
                    .filter(fields -> fields.length > 4 && fields[3].equals(device.toString()))
                    .map(fields -> fields[4])
                    .findFirst());
  }

  /** The UUID of the file system on a block device. */
  Optional<String> fileSystemUuid(Device device) {
    Path links = root.resolve("dev/disk/by-uuid");
    try (var entries = Files.list(links)) {
      return entries
          .filter(link -> leadsTo(link, device))
          .map(link -> String.valueOf(link.getFileName()))
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private boolean leadsTo(Path link, Device device) {
    try {
      return target(link.toString()).equals(new Target.Block(device));
    } catch (IOException e) {
      return false;
    }
  }

  private static Optional<String> read(Path file) {
    try {
      String text = Files.readString(file).strip();
      return text.isEmpty() ? Optional.empty() : Optional.of(text);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
