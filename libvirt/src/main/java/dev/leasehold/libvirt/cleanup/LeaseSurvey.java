// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.cleanup;

import dev.leasehold.libvirt.naming.LeaseName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A glance at all leases, through the page cache.
 *
 * @param sound how many seem to be leases
 * @param unusable names of lease files that are none, or were cleared
 */
public record LeaseSurvey(int sound, List<String> unusable) {
  /** Copies the list. */
  public LeaseSurvey {
    unusable = List.copyOf(unusable);
  }

  /** Of a lease directory. */
  public static LeaseSurvey of(String directory) throws IOException {
    int sound = 0;
    List<String> unusable = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of(directory))) {
      for (Path file : files.filter(path -> LeaseName.is(name(path))).sorted().toList()) {
        if (isSound(file)) {
          sound++;
        } else {
          unusable.add(name(file));
        }
      }
    }
    return new LeaseSurvey(sound, unusable);
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  private static boolean isSound(Path file) throws IOException {
    try {
      return LeasePeek.at(file).content() == LeasePeek.Content.LEASE;
    } catch (NoSuchFileException e) {
      return true;
    }
  }
}
