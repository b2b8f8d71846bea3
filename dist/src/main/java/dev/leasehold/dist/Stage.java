// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.dist;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * The installed files as a tree: both packages are made from it, so they cannot differ. Owner and
 * group are root for all of them.
 */
public final class Stage {
  /** Mode of a file that is read. */
  public static final int READ = 0644;

  /** Mode of a program, and of a directory. */
  public static final int RUN = 0755;

  private final Path root;
  private final Instant time;

  /**
   * One thing in the tree.
   *
   * @param path as installed, e.g. {@code /usr/bin/leasehold}
   * @param file where it is now
   * @param mode permission bits
   * @param link what a symbolic link leads to
   */
  public record Entry(String path, Path file, int mode, Optional<String> link) {
    /** Whether it is a directory. */
    public boolean isDirectory() {
      return link.isEmpty() && Files.isDirectory(file);
    }
  }

  private Stage(Path root, Instant time) {
    this.root = root;
    this.time = time;
  }

  /** An empty tree; what was there is removed. */
  static Stage empty(Path root, Instant time) throws IOException {
    if (Files.exists(root)) {
      try (Stream<Path> paths = Files.walk(root)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
    Files.createDirectories(root);
    return new Stage(root, time);
  }

  /** A tree that was finished before. */
  public static Stage existing(Path root, Instant time) {
    return new Stage(root, time);
  }

  /** Where an installed path is now. */
  public Path at(String path) {
    return root.resolve(path.substring(1));
  }

  /** Adds a text file. */
  public void text(String path, int mode, String text) throws IOException {
    bytes(path, mode, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds a text file, compressed; {@code path} ends in .gz. */
  public void compressed(String path, String text) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip =
        new GZIPOutputStream(packed) {
          {
            def.setLevel(9);
          }
        }) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    byte[] bytes = packed.toByteArray();
    bytes[8] = 2; // "best compression", which is what level 9 is called in the header
    bytes(path, READ, bytes);
  }

  private void bytes(String path, int mode, byte[] content) throws IOException {
    Path file = at(path);
    Files.createDirectories(parent(file));
    Files.write(file, content);
    Files.setPosixFilePermissions(file, permissions(mode));
  }

  /** Adds a copy of a file. */
  public void copy(Path from, String path, int mode) throws IOException {
    bytes(path, mode, Files.readAllBytes(from));
  }

  /** Adds a symbolic link. */
  public void link(String path, String target) throws IOException {
    Path file = at(path);
    Files.createDirectories(parent(file));
    Files.createSymbolicLink(file, Path.of(target));
  }

  private static Path parent(Path file) {
    Path parent = file.getParent();
    if (parent == null) {
      throw new IllegalArgumentException("no parent: " + file);
    }
    return parent;
  }

  /** Sets times, and every mode to one of the two; the last thing to be done. */
  public void finish() throws IOException {
    for (Entry entry : entries()) {
      if (entry.link().isEmpty()) {
        boolean runs = entry.isDirectory() || (entry.mode() & 0111) != 0;
        Files.setPosixFilePermissions(entry.file(), permissions(runs ? RUN : READ));
        Files.setLastModifiedTime(entry.file(), FileTime.from(time));
      }
    }
  }

  /** Everything in it but the root, parents first. */
  public List<Entry> entries() throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      List<Entry> entries = new ArrayList<>();
      for (Path file : paths.sorted().toList()) {
        if (!file.equals(root)) {
          entries.add(entry(file));
        }
      }
      return entries;
    }
  }

  private Entry entry(Path file) throws IOException {
    String path = "/" + root.relativize(file);
    if (Files.isSymbolicLink(file)) {
      String target = Files.readSymbolicLink(file).toString();
      return new Entry(path, file, 0777, Optional.of(target));
    }
    return new Entry(path, file, bits(file), Optional.empty());
  }

  /** Bytes of all files. */
  public long bytes() throws IOException {
    long sum = 0;
    for (Entry entry : entries()) {
      if (entry.link().isEmpty() && !entry.isDirectory()) {
        sum += Files.size(entry.file());
      }
    }
    return sum;
  }

  private static int bits(Path file) throws IOException {
    String text =
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
    int bits = 0;
    for (int i = 0; i < text.length(); i++) {
      bits = bits << 1 | (text.charAt(i) == '-' ? 0 : 1);
    }
    return bits;
  }

  private static Set<PosixFilePermission> permissions(int mode) {
    StringBuilder text = new StringBuilder();
    for (int bit = 8; bit >= 0; bit--) {
      text.append((mode & (1 << bit)) == 0 ? '-' : "rwxrwxrwx".charAt(8 - bit));
    }
    return PosixFilePermissions.fromString(text.toString());
  }
}
