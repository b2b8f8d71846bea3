// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.disklease;

/** One thing that a guest needs the leases of. */
public sealed interface Wanted {

  /** What is the same when it is asked for again, and when it is given up. */
  Key key();

  /** Whether other guests may have it too. */
  boolean shared();

  /** In words, for messages. */
  default String described() {
    return key().described();
  }

  /** Identity of a wanted thing. */
  sealed interface Key {
    /** In words, for messages. */
    String described();
  }

  /** A disk by its path as the guest's XML has it. */
  record DiskKey(String path) implements Key {
    @Override
    public String described() {
      return "disk " + path;
    }
  }

  /** A {@code <lease>} element. */
  record ElementKey(String lockspace, String key) implements Key {
    @Override
    public String described() {
      return "lease " + key + " in lockspace " + lockspace;
    }
  }

  /**
   * A disk.
   *
   * @param path as written, absolute
   * @param shared whether other guests may have it too
   */
  record Disk(String path, boolean shared) implements Wanted {
    @Override
    public Key key() {
      return new DiskKey(path);
    }
  }

  /**
   * A lease that the guest's XML names.
   *
   * @param file the lease file or device; the lease is at its start
   * @param shared whether other guests may have it too
   */
  record Element(String file, String lockspace, String name, boolean shared) implements Wanted {
    @Override
    public Key key() {
      return new ElementKey(lockspace, name);
    }
  }
}
