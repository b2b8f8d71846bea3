// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.ondisk.Name;

/**
 * What identifies a resource inside this engine: the two names, whatever its path
 * (docs/spec/algorithms.md 3.7). Names are compared up to their first NUL.
 */
public record ResourceId(Name lockspace, Name resource) {
  /** Drops what may follow the NUL of a name, so that equal names are equal. */
  public ResourceId {
    lockspace = withoutResidue(lockspace);
    resource = withoutResidue(resource);
  }

  /**
   * From text.
   *
   * @throws IllegalArgumentException if a name is longer than 48 bytes or holds a NUL
   */
  public static ResourceId of(String lockspace, String resource) {
    return new ResourceId(Name.of(lockspace), Name.of(resource));
  }

  private static Name withoutResidue(Name name) {
    byte[] bytes = name.bytes();
    return Name.ofBytes(java.util.Arrays.copyOf(bytes, name.length()));
  }

  @Override
  public String toString() {
    return lockspace + ":" + resource;
  }
}
