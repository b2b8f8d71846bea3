// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.conf;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Every key, in the order of the default file. Default file, Augeas lens and docs/configuration.md
 * are held against this list by tests.
 */
public enum Key {
  AUTO_DISK_LEASES(
      true,
      new KeyType.Bool(),
      "1",
      "Whether every disk of a guest gets a lease by itself: exclusive for a disk that the guest"
          + " writes to, shared for a shareable one, none for a read-only one. With 0 only the"
          + " leases that a guest's XML names are taken."),
  DISK_LEASE_DIR(
      true,
      new KeyType.AbsolutePath(),
      "\"/var/lib/libvirt/sanlock\"",
      "The directory with the lockspace and the leases. It must be on storage that all hosts share,"
          + " under the same contents on every host, and take direct I/O."),
  HOST_ID(
      true,
      new KeyType.WholeOr(0, 2000, "auto"),
      "\"auto\"",
      "This host's number in the lockspace, 1 to 2000, unlike that of every other host. \"auto\","
          + " and 0, take the one that this host had last, else a free one. Where hosts with fixed"
          + " numbers may be switched off for long, give every host a fixed one."),
  REQUIRE_LEASE_FOR_DISKS(
      true,
      new KeyType.Bool(),
      "0 with auto_disk_leases = 1, else 1",
      "Whether a guest with a disk that it alone writes to is refused if it has no lease at all."),
  IO_TIMEOUT(
      true,
      new KeyType.Whole(0, 255),
      "0",
      "Seconds that the storage may take for one read or write; 0 is the usual 10. All other times"
          + " follow from it: a host has lost its leases 8 times as long after its last renewal."
          + " Set the same on all hosts."),
  USER(
      true,
      new KeyType.Text(),
      "unset",
      "Owner of files that are made in the lease directory: a name, \"+UID\", or digits."),
  GROUP(
      true,
      new KeyType.Text(),
      "unset",
      "Group of files that are made in the lease directory: a name, \"+GID\", or digits. If it is"
          + " set, the group may read and write them."),
  LEASE_IDENTITY(
      false,
      new KeyType.Choice(List.of("path", "canonical", "device")),
      "\"path\"",
      "What makes two paths one disk. \"path\": the text, as libvirt's plugin has it."
          + " \"canonical\": also the path with symbolic links resolved. \"device\": also the"
          + " device (WWN or LVM UUID) or the file (file system and inode). Set the same on all"
          + " hosts; the last two need a second lease for each disk (docs/configuration.md)."),
  PROTECT_BACKING_FILES(
      false,
      new KeyType.Bool(),
      "0",
      "Whether the images under a guest's overlay hold shared leases, so that no guest that writes"
          + " to them can be started."),
  LOST_LEASE_ACTION(
      false,
      new KeyType.Choice(List.of("guest", "kill", "poweroff", "pause")),
      "\"guest\"",
      "What happens to a guest whose leases are lost. \"guest\": what <on_lockfailure> in its XML"
          + " says, else \"poweroff\". \"kill\": SIGTERM, then SIGKILL. \"poweroff\", \"pause\":"
          + " through libvirt, and SIGKILL if libvirt has not done it when grace_period is over."),
  GRACE_PERIOD(
      false,
      new KeyType.Whole(0, 3600),
      "40",
      "Seconds that a guest has to stop when its leases are lost, before SIGKILL; at most"
          + " watchdog_fire_timeout."),
  WATCHDOG(
      false,
      new KeyType.Choice(List.of("auto", "wdmd", "device", "none")),
      "\"auto\"",
      "What resets this host when its leases are lost and a guest cannot be killed. \"auto\": the"
          + " wdmd daemon if it runs, else watchdog_device if it exists, else nothing, which is"
          + " said at the start. \"wdmd\", \"device\": that one or refuse to start. \"none\":"
          + " nothing."),
  WATCHDOG_DEVICE(
      false,
      new KeyType.AbsolutePath(),
      "\"/dev/watchdog\"",
      "The watchdog device, for a host without wdmd."),
  WATCHDOG_FIRE_TIMEOUT(
      false,
      new KeyType.Whole(1, 3600),
      "60",
      "Seconds from the last sign of life to the reset by the watchdog. Must be the same on all"
          + " hosts; hosts that run sanlock have 60."),
  HOST_NAME(
      false,
      new KeyType.Text(),
      "unset",
      "The name by which other hosts see this one, in their messages and in status; unset: the"
          + " host's name, which is on the disk with random digits before it."),
  MIN_HOSTS(
      false,
      new KeyType.Whole(1, 2000),
      "14",
      "The fewest host ids that a new lease has room for. There is room for every host that ever"
          + " joined and at least four more; a lease that has been made keeps its room, and a host"
          + " with a higher id cannot use it. Set to the highest host id that there will ever be,"
          + " on all hosts, before the cluster grows (docs/sizing.md)."),
  MAX_HOSTS(
      false,
      new KeyType.Whole(1, 2000),
      "2000",
      "The most host ids that a new lease has room for. Fewer make it cheaper to take; a host with"
          + " a higher id cannot use the lease. If one ever joined, no lease is made."),
  SANLOCK_SOCKET(
      false,
      new KeyType.Text(),
      "\"/run/sanlock/sanlock.sock\"",
      "Where clients of sanlock (libvirt's plugin, VDSM, lvmlockd) are served: the directory may be"
          + " another one, the name is sanlock.sock; \"\" for nowhere."),
  VIRTLOCKD_SOCKET(
      false,
      new KeyType.Text(),
      "\"/run/libvirt/virtlockd-sock\"",
      "Where libvirt's lockd driver is served; \"\" for nowhere."),
  LIBVIRT_URI(
      false,
      new KeyType.Text(),
      "\"qemu:///system\"",
      "The libvirt that is asked to pause or power off guests."),
  METRICS_LISTEN(
      false,
      new KeyType.Text(),
      "\"\"",
      "Where metrics and the status page are served, as \"HOST:PORT\" or \"unix:PATH\"; \"\" for"
          + " nowhere. There is no password: name an address that only trusted hosts reach.");

  /** In its place sanlock's lens has this, which its plugin ignores. */
  static final String OBSOLETE = "ignore_readonly_and_shared_disks";

  private final boolean ofTheOriginal;

  // Records of numbers, texts and copied lists.
  @SuppressWarnings("ImmutableEnumChecker")
  private final KeyType type;

  private final String usual;
  private final String help;

  Key(boolean ofTheOriginal, KeyType type, String usual, String help) {
    this.ofTheOriginal = ofTheOriginal;
    this.type = type;
    this.usual = usual;
    this.help = help;
  }

  /** As it is written in files. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether {@code qemu-sanlock.conf} has it too. */
  public boolean ofTheOriginal() {
    return ofTheOriginal;
  }

  /** What it takes. */
  public KeyType type() {
    return type;
  }

  /** The default in words, or as it would be written in the file. */
  public String usual() {
    return usual;
  }

  /** What it means. */
  public String help() {
    return help;
  }

  static Optional<Key> of(String text) {
    return Arrays.stream(values()).filter(key -> key.text().equals(text)).findFirst();
  }
}
