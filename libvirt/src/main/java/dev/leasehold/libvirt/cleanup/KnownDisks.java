// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.cleanup;

import dev.leasehold.libvirt.naming.LeaseName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which disk a lease is for. Its name is a digest, which cannot be turned round; but whoever says a
 * path can be checked by it.
 */
public final class KnownDisks {
  /** Where libvirt keeps the guests of this host, defined and running. */
  private static final List<Path> GUESTS =
      List.of(Path.of("/etc/libvirt/qemu"), Path.of("/run/libvirt/qemu"));

  private static final Pattern SOURCE =
      Pattern.compile("<source[^>]*\\s(?:file|dev|dir)=(?:'([^']*)'|\"([^\"]*)\")");

  private final Map<String, String> byLease = new HashMap<>();

  /** None but those that leases name themselves. */
  public static KnownDisks none() {
    return new KnownDisks();
  }

  /** The disks of the guests that are defined on this host. */
  public static KnownDisks ofThisHost() {
    return of(GUESTS);
  }

  static KnownDisks of(List<Path> directories) {
    KnownDisks known = new KnownDisks();
    for (Path directory : directories) {
      try (Stream<Path> files = Files.list(directory)) {
        files.filter(file -> file.toString().endsWith(".xml")).forEach(known::read);
      } catch (IOException e) {
        // No libvirt here, or not for us to see.
      }
    }
    return known;
  }

  private void read(Path guest) {
    try {
      Matcher matcher = SOURCE.matcher(Files.readString(guest));
      while (matcher.find()) {
        String path = unescaped(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
        byLease.put(LeaseName.ofPath(path), path);
      }
    } catch (IOException e) {
      // Then its disks are not known.
    }
  }

  private static String unescaped(String xml) {
    return xml.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&");
  }

  /**
   * The disk of a lease.
   *
   * @param noted what the last holder's note says, empty if it says nothing
   */
  Optional<String> of(String leaseName, String noted) {
    boolean right =
        !noted.isEmpty() && LeaseName.of(noted.getBytes(StandardCharsets.UTF_8)).equals(leaseName);
    return right ? Optional.of(noted) : Optional.ofNullable(byLease.get(leaseName));
  }

  static Item.DiskState state(Optional<String> disk) {
    if (disk.isEmpty()) {
      return Item.DiskState.UNKNOWN;
    }
    try {
      Path path = Path.of(disk.get());
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        return Item.DiskState.EXISTS;
      }
      // Storage that is not mounted looks like a deleted disk: its directory must be there.
      Path parent = path.getParent();
      boolean seen = parent != null && Files.isDirectory(parent) && Files.notExists(path);
      return seen ? Item.DiskState.GONE : Item.DiskState.UNKNOWN;
    } catch (InvalidPathException e) {
      return Item.DiskState.UNKNOWN;
    }
  }
}
