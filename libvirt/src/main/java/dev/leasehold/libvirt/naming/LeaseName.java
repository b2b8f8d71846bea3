// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.naming;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names of leases and of their files, which are the same. */
public final class LeaseName {
  private static final int LENGTH = 32;

  private LeaseName() {}

  /** The MD5 of the path's bytes in UTF-8, 32 lower-case hexadecimal digits. */
  public static String ofPath(String path) {
    return of(path.getBytes(StandardCharsets.UTF_8));
  }

  /** The MD5 of these bytes: a path need not be UTF-8. */
  public static String of(byte[] path) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(path));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }

  /** Whether a file of this name in a lease directory is the lease of a disk. */
  public static boolean is(String file) {
    return file.length() == LENGTH
        && file.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }
}
