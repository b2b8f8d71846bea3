// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.disklease;

import dev.leasehold.engine.resource.CreatePolicy;
import dev.leasehold.engine.resource.DiskLocation;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.libvirt.naming.DiskKey;
import dev.leasehold.libvirt.naming.LeaseNaming;
import dev.leasehold.libvirt.naming.UnsafeIdentityException;
import dev.leasehold.libvirt.qcow2.BackingChain;
import dev.leasehold.libvirt.qcow2.ChainLink;
import dev.leasehold.libvirt.qcow2.ImageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which leases a wanted thing needs (docs/spec/libvirt-sanlock.md 4; docs/libvirt.md). May read
 * images of the guest, so it may take as long as their storage does. Thread-safe.
 */
final class Planner {
  private static final int LONGEST_NAME = 47;
  private static final int LONGEST_PATH = 1023;

  private final LeaseholdConfig config;
  private final LeaseNaming naming;
  private final CreatePolicy create;

  Planner(LeaseholdConfig config, LeaseNaming naming) {
    this.config = config;
    this.naming = naming;
    this.create =
        CreatePolicy.DEFAULT
            .withMaxHosts(config.maxHosts())
            .withMinHosts(config.minHosts())
            .owned(config.fileMode(), config.uid(), config.gid());
  }

  /** The leases, the thing's own first; each once, in the strongest mode that is needed. */
  List<Need> needs(Wanted wanted) throws LeaseFailure {
    Map<ResourceId, Need> needs = new LinkedHashMap<>();
    switch (wanted) {
      case Wanted.Disk disk -> {
        if (config.autoDiskLeases()) {
          disk(needs, disk.path(), disk.shared() ? HoldMode.SHARED : HoldMode.EXCLUSIVE);
          if (config.protectBackingFiles()) {
            backing(needs, disk);
          }
        }
      }
      case Wanted.Element element -> add(needs, element(element));
    }
    return List.copyOf(needs.values());
  }

  /**
   * What a thing needs now that a guest has. If its image is not there it is what it was: the guest
   * may have it open all the same.
   */
  List<Need> again(Wanted wanted, List<Need> before) throws LeaseFailure {
    return wanted instanceof Wanted.Disk disk && !isThere(disk) ? before : needs(wanted);
  }

  private void disk(Map<ResourceId, Need> needs, String path, HoldMode mode) throws LeaseFailure {
    checkPath(path);
    for (String name : names(path)) {
      add(
          needs,
          new Need(
              ResourceLocation.of(
                  ResourceId.of(LeaseholdConfig.LOCKSPACE, name),
                  DiskLocation.of(config.leasePath(name))),
              mode,
              Optional.of(create),
              Optional.of(path)));
    }
  }

  private static void add(Map<ResourceId, Need> needs, Need need) {
    needs.merge(need.id(), need, (one, two) -> one.mode() == HoldMode.EXCLUSIVE ? one : two);
  }

  private List<String> names(String path) throws LeaseFailure {
    try {
      return naming.keys(path).stream().map(DiskKey::leaseName).toList();
    } catch (UnsafeIdentityException e) {
      throw new LeaseFailure(LeaseFailure.Kind.UNAVAILABLE, String.valueOf(e.getMessage()), e);
    }
  }

  private static void checkPath(String path) throws LeaseFailure {
    if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
      throw LeaseFailure.unavailable("a disk has an absolute path, not \"" + path + "\"");
    }
  }

  /** What is below the disk's image: nobody else may write to it. */
  private void backing(Map<ResourceId, Need> needs, Wanted.Disk disk) throws LeaseFailure {
    if (!isThere(disk)) {
      // A block job makes it in a moment; it is looked at again with the guest's next release.
      return;
    }
    try {
      for (ChainLink link : BackingChain.below(disk.path(), Optional.empty())) {
        switch (link) {
          case ChainLink.Backing(String path) -> disk(needs, path, HoldMode.SHARED);
          // Never alone: a guest with a raw disk can write a header that names another's image. The
          // lease of the image with this header keeps a second writer of its data off.
          case ChainLink.Data(String path) -> disk(needs, path, HoldMode.SHARED);
          case ChainLink.Remote _ -> {
            // No file of this host: nothing that a lease could name.
          }
        }
      }
    } catch (ImageException e) {
      throw unprotected(disk, e.getMessage(), e);
    }
  }

  /** An image that cannot be seen may have backing files: only one that is not there has none. */
  private static boolean isThere(Wanted.Disk disk) throws LeaseFailure {
    try {
      Files.readAttributes(Path.of(disk.path()), BasicFileAttributes.class);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw unprotected(disk, "it cannot be looked at: " + e.getMessage(), e);
    }
  }

  private static LeaseFailure unprotected(Wanted.Disk disk, @Nullable String why, Exception e) {
    return new LeaseFailure(
        LeaseFailure.Kind.UNAVAILABLE,
        "disk "
            + disk.path()
            + ": its backing files cannot be protected: "
            + why
            + " (protect_backing_files = 0 does without)",
        e);
  }

  private static Need element(Wanted.Element element) throws LeaseFailure {
    checkName("<lockspace>", element.lockspace());
    checkName("<key>", element.name());
    if (bytes(element.file()) > LONGEST_PATH) {
      throw LeaseFailure.unavailable(
          element.described() + ": the <target path> is longer than " + LONGEST_PATH + " bytes");
    }
    return new Need(
        ResourceLocation.of(
            ResourceId.of(element.lockspace(), element.name()), DiskLocation.of(element.file())),
        element.shared() ? HoldMode.SHARED : HoldMode.EXCLUSIVE,
        Optional.empty(),
        Optional.empty());
  }

  private static void checkName(String what, String name) throws LeaseFailure {
    if (name.isEmpty() || bytes(name) > LONGEST_NAME || name.indexOf('\0') >= 0) {
      throw LeaseFailure.unavailable(
          "the "
              + what
              + " of a <lease> has 1 to "
              + LONGEST_NAME
              + " bytes, not \""
              + name
              + "\"");
    }
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
