// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.conf;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A file in libvirt's {@code .conf} syntax, as it stands there: keys may be unknown or repeated.
 *
 * @param name what the file is called in messages
 * @param settings in the order of the file
 */
public record ConfFile(String name, List<Setting> settings) {
  /** What libvirt reads at most, bytes. */
  private static final long LONGEST = 10L << 20;

  /**
   * One assignment.
   *
   * @param line where its name stands, from 1
   */
  public record Setting(String key, ConfValue value, int line) {}

  /** Copies the list. */
  public ConfFile {
    settings = List.copyOf(settings);
  }

  /** A file that sets nothing. */
  public static ConfFile empty(String name) {
    return new ConfFile(name, List.of());
  }

  /**
   * Parses bytes.
   *
   * @throws ConfException with the line and libvirt's words for what is wrong
   */
  public static ConfFile parse(String name, byte[] content) throws ConfException {
    return new ConfFile(name, new ConfParser(name, content).parse());
  }

  /**
   * Reads a file.
   *
   * @return empty if there is no such file
   * @throws ConfException if it cannot be read or parsed
   */
  public static Optional<ConfFile> read(Path file) throws ConfException {
    String name = file.toString();
    try {
      if (Files.exists(file) && Files.size(file) > LONGEST) {
        throw ConfException.of(name, "the file is longer than 10 MiB");
      }
      return Optional.of(parse(name, Files.readAllBytes(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (AccessDeniedException e) {
      throw ConfException.of(name, "permission denied; this user must be able to read the file");
    } catch (IOException e) {
      throw ConfException.of(name, "the file cannot be read: " + e.getMessage());
    }
  }
}
