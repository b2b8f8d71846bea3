// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.disk;

import dev.leasehold.cli.Printable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A disk that a command uses.
 *
 * @param path absolute; what the lease is named after
 */
public record Disk(String path, DiskMode mode) {

  /** The path, safe to show. */
  public String shown() {
    return Printable.line(path);
  }

  /** The name of its lease and of the lease's file. */
  public String leaseName() {
    return leaseName(path);
  }

  /**
   * The name of the lease of a disk: the MD5 of the path's bytes in UTF-8, as 32 lower-case
   * hexadecimal digits (docs/spec/libvirt-sanlock.md section 4).
   */
  public static String leaseName(String path) {
    try {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      return HexFormat.of().formatHex(md5.digest(path.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }
}
