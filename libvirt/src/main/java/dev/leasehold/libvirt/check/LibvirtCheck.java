// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.check;

import dev.leasehold.libvirt.check.Finding.Topic;
import dev.leasehold.libvirt.conf.ConfException;
import dev.leasehold.libvirt.conf.ConfFile;
import dev.leasehold.libvirt.conf.ConfValue;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether libvirt asks, and whether somebody answers (docs/spec/libvirt-lockd.md 1, 7.1). */
final class LibvirtCheck {
  private static final String QEMU = "/etc/libvirt/qemu.conf";
  private static final String LOCKD = "/etc/libvirt/qemu-lockd.conf";
  private static final String SANLOCK = "/etc/libvirt/qemu-sanlock.conf";
  private static final List<String> LIBVIRT = List.of("libvirtd", "virtqemud");

  private final Surroundings host;
  private final LeaseholdConfig config;
  private final List<Finding> findings = new ArrayList<>();

  private LibvirtCheck(Surroundings host, LeaseholdConfig config) {
    this.host = host;
    this.config = config;
  }

  static List<Finding> findings(Surroundings host, LeaseholdConfig config) {
    LibvirtCheck check = new LibvirtCheck(host, config);
    check.look();
    return check.findings;
  }

  private void look() {
    if (!Files.exists(host.file(QEMU))) {
      findings.add(
          Finding.warning(
              Topic.LIBVIRT,
              "there is no " + QEMU + ": libvirt's QEMU driver is not installed here",
              "nothing, if this host has no guests of libvirt"));
      return;
    }
    Optional<ConfFile> qemu = read(QEMU);
    if (qemu.isEmpty()) {
      return;
    }
    String manager = text(qemu.get(), "lock_manager").orElse("");
    switch (manager) {
      case "lockd" -> lockd();
      case "sanlock" -> sanlock();
      default ->
          findings.add(
              Finding.unsafe(
                  Topic.LIBVIRT,
                  manager.isEmpty()
                      ? "libvirt is not configured to ask for leases: "
                          + QEMU
                          + " sets no"
                          + " lock_manager"
                      : QEMU + " has lock_manager = \"" + manager + "\", which protects nothing",
                  "set lock_manager = \"lockd\" there and restart libvirt"));
    }
    restarted();
  }

  private void lockd() {
    findings.add(Finding.ok(Topic.LIBVIRT, "libvirt asks through its lockd driver"));
    Optional<ConfFile> lockd = read(LOCKD);
    if (lockd.isPresent()) {
      if (number(lockd.get(), "auto_disk_leases").filter(value -> value == 0).isPresent()) {
        findings.add(
            Finding.unsafe(
                Topic.LIBVIRT,
                LOCKD + " has auto_disk_leases = 0: libvirt asks for no disk",
                "remove that line and restart libvirt"));
      }
      for (String key : List.of("file_lockspace_dir", "lvm_lockspace_dir", "scsi_lockspace_dir")) {
        if (text(lockd.get(), key).isPresent()) {
          findings.add(
              Finding.unsafe(
                  Topic.LIBVIRT,
                  LOCKD
                      + " sets "
                      + key
                      + ": libvirt then hides the paths of disks behind digests"
                      + " or ids, so their leases would not be those that other hosts take",
                  "remove that line on all hosts and restart libvirt"));
        }
      }
    }
    if (host.running(List.of("virtlockd")).isPresent()) {
      findings.add(
          Finding.unsafe(
              Topic.DAEMON,
              "libvirt's own virtlockd runs: what it locks is no lease of the lease directory",
              "stop and disable virtlockd, then start the daemon of Leasehold"));
    }
    config.virtlockdSocket().ifPresent(socket -> listening(socket, "libvirt's lockd driver"));
    if (config.virtlockdSocket().isEmpty()) {
      findings.add(
          Finding.warning(
              Topic.DAEMON,
              "virtlockd_socket = \"\", but libvirt asks through its lockd driver",
              "remove that line"));
    }
  }

  private void sanlock() {
    findings.add(Finding.ok(Topic.LIBVIRT, "libvirt asks through its sanlock plugin"));
    Optional<ConfFile> plugin = read(SANLOCK);
    boolean auto = plugin.flatMap(file -> number(file, "auto_disk_leases")).orElse(0L) == 1;
    if (!auto) {
      findings.add(
          Finding.unsafe(
              Topic.LIBVIRT,
              "the plugin takes no leases for disks: "
                  + SANLOCK
                  + " does not set auto_disk_leases"
                  + " = 1",
              "set it there and restart libvirt, or use lock_manager = \"lockd\""));
    } else if (plugin.flatMap(file -> number(file, "host_id")).orElse(0L) == 0) {
      findings.add(
          Finding.warning(
              Topic.LIBVIRT,
              "the plugin needs a host_id in " + SANLOCK + ": libvirt does not start without",
              "set it there, unlike that of every other host, or use lock_manager = \"lockd\""));
    }
    config.sanlockSocket().ifPresent(socket -> listening(socket, "libvirt's sanlock plugin"));
  }

  private void listening(String socket, String client) {
    if (host.listens(socket)) {
      findings.add(Finding.ok(Topic.DAEMON, "a daemon serves " + client + " at " + socket));
    } else {
      findings.add(
          Finding.warning(
              Topic.DAEMON,
              "nobody serves " + client + " at " + socket + ": no guest can be started",
              "start the daemon (systemctl start leasehold), or look at its log; if it runs, run"
                  + " this as root"));
    }
  }

  /** libvirt reads its files when it starts. */
  private void restarted() {
    Optional<Instant> started = host.running(LIBVIRT).flatMap(Surroundings.Program::started);
    if (started.isEmpty()) {
      return;
    }
    for (String name : List.of(QEMU, LOCKD, SANLOCK)) {
      try {
        Path file = host.file(name);
        if (Files.exists(file)
            && Files.getLastModifiedTime(file).toInstant().isAfter(started.get())) {
          findings.add(
              Finding.warning(
                  Topic.LIBVIRT,
                  name + " was changed after libvirt was started, and is not in force",
                  "restart libvirt (guests run on)"));
        }
      } catch (IOException e) {
        // It was readable a moment ago.
      }
    }
  }

  private Optional<ConfFile> read(String name) {
    try {
      return ConfFile.read(host.file(name));
    } catch (ConfException e) {
      findings.add(
          Finding.warning(
              Topic.LIBVIRT, e.words(), "libvirt cannot read it either, or only root can"));
      return Optional.empty();
    }
  }

  private static Optional<ConfValue> first(ConfFile file, String key) {
    return file.settings().stream()
        .filter(setting -> setting.key().equals(key))
        .map(ConfFile.Setting::value)
        .findFirst();
  }

  private static Optional<String> text(ConfFile file, String key) {
    return first(file, key)
        .flatMap(
            value ->
                value instanceof ConfValue.Text text
                    ? Optional.of(text.value())
                    : Optional.empty());
  }

  private static Optional<Long> number(ConfFile file, String key) {
    return first(file, key)
        .flatMap(
            value ->
                value instanceof ConfValue.Whole whole
                    ? Optional.of(whole.value())
                    : Optional.empty());
  }
}
