// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.naming;

import dev.leasehold.libvirt.naming.DiskFacts.Device;
import dev.leasehold.libvirt.naming.DiskFacts.Target;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What identifies a device or file on every host alike. Where hosts may come to different answers
 * there is none: two names for one disk would be two leases.
 */
final class DeviceKey {
  private static final Pattern LVM = Pattern.compile("LVM-([0-9A-Za-z]{32})([0-9A-Za-z]{32})");
  private static final Pattern MULTIPATH =
      Pattern.compile("(?:part([0-9]+)-)?mpath-([23])(\\p{XDigit}+)");
  private static final Pattern WORLD_WIDE = Pattern.compile("(naa|eui|uuid)\\.([0-9A-Fa-f-]+)");

  /** One UUID wherever they are mounted. */
  private static final Set<String> WITH_UUID =
      Set.of("ext2", "ext3", "ext4", "xfs", "gfs2", "ocfs2");

  private final DiskFacts facts;

  DeviceKey(DiskFacts facts) {
    this.facts = facts;
  }

  /** The key, or why there is none. */
  sealed interface Answer {
    record Known(String text) implements Answer {}

    record None(String reason) implements Answer {}
  }

  Answer of(Target target) {
    return switch (target) {
      case Target.Block block -> block(block.device());
      case Target.Regular file -> file(file);
      case Target.Other _ -> new Answer.None("it is neither a block device nor a regular file");
    };
  }

  private Answer block(Device device) {
    Optional<String> mapped = facts.ofBlock(device, "dm/uuid");
    if (mapped.isPresent()) {
      return deviceMapper(mapped.get());
    }
    Optional<String> partition = facts.ofBlock(device, "partition");
    Optional<String> name =
        partition.isPresent()
            ? facts.ofWholeDisk(device, "wwid").or(() -> facts.ofWholeDisk(device, "device/wwid"))
            : facts.ofBlock(device, "wwid").or(() -> facts.ofBlock(device, "device/wwid"));
    if (name.isEmpty()) {
      return new Answer.None("the kernel knows no world-wide name of the device");
    }
    Matcher matcher = WORLD_WIDE.matcher(name.get());
    return matcher.matches()
        ? worldWide(matcher.group(1), matcher.group(2), partition)
        : new Answer.None(
            "its name \"" + name.get() + "\" is not of a kind that is unique (naa, eui, uuid)");
  }

  private static Answer worldWide(String kind, String digits, Optional<String> partition) {
    return new Answer.Known(
        "wwn:"
            + kind
            + "."
            + digits.toLowerCase(Locale.ROOT)
            + partition.map(number -> ":" + number).orElse(""));
  }

  /**
   * A path of a multipath device has the same name as the whole (scsi_id puts a type before it).
   */
  private static Answer deviceMapper(String uuid) {
    Matcher lvm = LVM.matcher(uuid);
    if (lvm.matches()) {
      return new Answer.Known("lvm:" + lvm.group(1) + ":" + lvm.group(2));
    }
    Matcher multipath = MULTIPATH.matcher(uuid);
    if (multipath.matches()) {
      return worldWide(
          multipath.group(2).equals("3") ? "naa" : "eui",
          multipath.group(3),
          Optional.ofNullable(multipath.group(1)));
    }
    return new Answer.None(
        "the device mapper's \"" + uuid + "\" is neither an LVM volume nor a multipath disk");
  }

  private Answer file(Target.Regular file) {
    Optional<String> type = facts.fileSystemType(file.fileSystem());
    if (type.isEmpty()) {
      return new Answer.None("its file system is not in /proc/self/mountinfo");
    }
    Optional<String> id = fileSystem(type.get(), file.fileSystem());
    return id.<Answer>map(
            text -> new Answer.Known("file:" + text + ":" + Long.toUnsignedString(file.inode())))
        .orElseGet(
            () ->
                new Answer.None(
                    "its file system ("
                        + type.get()
                        + ") has no identifier that is the same on all hosts"));
  }

  private Optional<String> fileSystem(String type, Device device) {
    if (type.equals("nfs") || type.equals("nfs4")) {
      // Of the server's making; its address is left out, a server may have several. It may differ
      // between NFS versions (docs/configuration.md).
      return facts.nfsExport(device).map(id -> "nfs:" + id);
    }
    return WITH_UUID.contains(type)
        ? facts.fileSystemUuid(device).map(id -> "uuid:" + id.toLowerCase(Locale.ROOT))
        : Optional.empty();
  }
}
