// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.socket;

import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * The file by which a socket is found, and who may connect.
 *
 * @param path at most 107 bytes
 * @param mode permission bits, e.g. 0660
 * @param uid owner, if it is to be set
 * @param gid group, if it is to be set
 * @param backlog how many connections may wait to be accepted
 */
public record SocketFile(Path path, int mode, OptionalInt uid, OptionalInt gid, int backlog) {

  /** For this user alone. */
  public static SocketFile ownedByUs(Path path) {
    return new SocketFile(path, 0600, OptionalInt.empty(), OptionalInt.empty(), 128);
  }
}
