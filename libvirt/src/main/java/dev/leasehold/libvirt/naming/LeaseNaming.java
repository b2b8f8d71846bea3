// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.naming;

import dev.leasehold.libvirt.naming.DiskFacts.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Which leases a disk has. The first is always the one of its path as written: that is what hosts
 * with libvirt's C plugin take, so they are kept off whatever {@code lease_identity} is. The other
 * identities add a second one, by which paths that lead to one disk meet (libvirt-sanlock.md 8, row
 * 10). Thread-safe.
 */
public final class LeaseNaming {
  private final LeaseIdentity identity;
  private final DiskFacts facts;

  /** On this host. */
  public LeaseNaming(LeaseIdentity identity) {
    this(identity, new DiskFacts(Path.of("/")));
  }

  LeaseNaming(LeaseIdentity identity, DiskFacts facts) {
    this.identity = identity;
    this.facts = facts;
  }

  /**
   * The disk's keys, one or two, the path's first. Looks at the disk unless the identity is {@link
   * LeaseIdentity#PATH}; that can block as long as its storage does not answer.
   *
   * @param path as libvirt gives it: absolute, not normalised
   * @throws UnsafeIdentityException if hosts could come to different answers
   */
  public List<DiskKey> keys(String path) throws UnsafeIdentityException {
    List<DiskKey> keys = new ArrayList<>();
    keys.add(new DiskKey(LeaseIdentity.PATH, path));
    if (identity != LeaseIdentity.PATH) {
      DiskKey more = identity == LeaseIdentity.CANONICAL ? canonical(path) : device(path);
      if (!more.text().equals(path)) {
        keys.add(more);
      }
    }
    return keys;
  }

  private DiskKey canonical(String path) throws UnsafeIdentityException {
    try {
      String resolved = facts.canonical(path);
      if (!resolved.equals(path) && resolved.startsWith("/dev/")) {
        throw refused(
            path,
            "it leads to " + resolved + ", a name that the kernel gives anew on every host",
            "use lease_identity = \"device\", or \"path\"");
      }
      return new DiskKey(LeaseIdentity.CANONICAL, resolved);
    } catch (IOException e) {
      throw refused(path, "its links cannot be resolved: " + e, "check the path");
    }
  }

  private DiskKey device(String path) throws UnsafeIdentityException {
    try {
      Target target = facts.target(path);
      return switch (new DeviceKey(facts).of(target)) {
        case DeviceKey.Answer.Known known -> new DiskKey(LeaseIdentity.DEVICE, known.text());
        case DeviceKey.Answer.None none ->
            throw refused(
                path, none.reason(), "use lease_identity = \"canonical\" or \"path\" on all hosts");
      };
    } catch (IOException e) {
      throw refused(path, "it cannot be looked at: " + e, "check the path");
    }
  }

  private UnsafeIdentityException refused(String path, String reason, String remedy) {
    return new UnsafeIdentityException(
        "disk "
            + path
            + ": lease_identity = \""
            + identity.name().toLowerCase(java.util.Locale.ROOT)
            + "\" is not safe for it: "
            + reason
            + "; "
            + remedy);
  }
}
