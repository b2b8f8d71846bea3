// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine;

import dev.leasehold.ondisk.Name;

/**
 * Which lockspace, and as which host. Two are identical if all four fields are.
 *
 * @param name lockspace name, not empty
 * @param hostId this host's id in it, 1 to 2000; 0 matches any where that is said
 * @param path file or block device
 * @param offset bytes from its start
 */
public record LockspaceSpec(Name name, long hostId, String path, long offset) {

  /** A lockspace at the start of a file or device. */
  public static LockspaceSpec of(String name, long hostId, String path) {
    return new LockspaceSpec(Name.of(name), hostId, path, 0);
  }

  /** The same lockspace as another host. */
  public LockspaceSpec withHostId(long id) {
    return new LockspaceSpec(name, id, path, offset);
  }

  /** Whether name and place are the same, and the host id too unless {@code wanted} has 0. */
  public boolean matches(LockspaceSpec wanted) {
    return name.sameName(wanted.name)
        && path.equals(wanted.path)
        && offset == wanted.offset
        && (wanted.hostId == 0 || hostId == wanted.hostId);
  }

  /** As the sanlock command writes it, without escapes: NAME:HOST_ID:PATH:OFFSET. */
  @Override
  public String toString() {
    return name + ":" + hostId + ":" + path + ":" + offset;
  }
}
