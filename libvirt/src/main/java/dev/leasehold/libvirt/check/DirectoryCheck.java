// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.check;

import dev.leasehold.libvirt.check.Finding.Topic;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.NewFile;
import dev.leasehold.storage.Outcome;
import dev.leasehold.storage.Publication;
import dev.leasehold.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** The lease directory: there, shared, of the right owner, with direct I/O; and the clocks. */
final class DirectoryCheck {
  private static final Set<String> SHARED =
      Set.of("nfs", "nfs4", "gfs2", "ocfs2", "ceph", "fuse.glusterfs", "lustre", "gpfs", "beegfs");
  private static final Set<String> VOLATILE = Set.of("tmpfs", "ramfs", "overlay", "squashfs");
  private static final int PROBE_SIZE = 4096;
  private static final long MOST_SKEW_SECONDS = 5;

  private final Surroundings host;
  private final LeaseholdConfig config;
  private final String directory;
  private final List<Finding> findings = new ArrayList<>();
  private boolean usable;

  DirectoryCheck(Surroundings host, LeaseholdConfig config, String directory) {
    this.host = host;
    this.config = config;
    this.directory = directory;
    look();
  }

  List<Finding> findings() {
    return findings;
  }

  /** Whether the rest can be looked at. */
  boolean usable() {
    return usable;
  }

  private void look() {
    Path path = Path.of(directory);
    if (!Files.isDirectory(path)) {
      findings.add(
          Finding.warning(
              Topic.DIRECTORY,
              "the lease directory "
                  + directory
                  + (Files.exists(path) ? " is no directory" : " does not exist or is not visible")
                  + ": no guest can be started",
              "mount the storage that all hosts share there, or set disk_lease_dir"));
      return;
    }
    usable = true;
    findings.add(Finding.ok(Topic.DIRECTORY, "the lease directory " + directory + " is there"));
    sharing(path);
    permissions(path);
    probe();
  }

  private void sharing(Path path) {
    String type;
    try {
      type = Files.getFileStore(path).type();
    } catch (IOException e) {
      findings.add(
          Finding.unsafe(
              Topic.SHARED,
              "the file system of " + directory + " cannot be told: " + e.getMessage(),
              "look at /proc/mounts"));
      return;
    }
    if (SHARED.contains(type)) {
      findings.add(Finding.ok(Topic.SHARED, "it is on a shared file system (" + type + ")"));
    } else if (VOLATILE.contains(type)) {
      findings.add(
          Finding.unsafe(
              Topic.SHARED,
              directory + " is on " + type + ": no other host sees it, and it is gone after a boot",
              "mount storage there that all hosts share"));
    } else {
      findings.add(
          Finding.unsafe(
              Topic.SHARED,
              directory
                  + " is on "
                  + type
                  + ", which no other host sees: the leases protect on this host only",
              "mount storage there that all hosts share (NFS, GFS2, OCFS2 …); if this host is"
                  + " alone, say --accept shared"));
    }
  }

  private void permissions(Path path) {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
      if (permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
        findings.add(
            Finding.unsafe(
                Topic.PERMISSIONS,
                "every user of this host may write to " + directory + ", and remove leases",
                "chmod o-w " + directory));
      } else {
        findings.add(Finding.ok(Topic.PERMISSIONS, "only its owner and group may write to it"));
      }
      int group = ((Number) Files.getAttribute(path, "unix:gid")).intValue();
      boolean groupWrites = permissions.contains(PosixFilePermission.GROUP_WRITE);
      if (config.gid().isPresent() && (group != config.gid().getAsInt() || !groupWrites)) {
        findings.add(
            Finding.warning(
                Topic.PERMISSIONS,
                "group is set to "
                    + config.gid().getAsInt()
                    + ", and that group may not make files in "
                    + directory,
                "chgrp " + config.gid().getAsInt() + " and chmod g+rwx " + directory));
      }
    } catch (IOException | UnsupportedOperationException e) {
      findings.add(
          Finding.warning(
              Topic.PERMISSIONS,
              "the permissions of " + directory + " cannot be told: " + e.getMessage(),
              "look at them"));
    }
  }

  /** Makes a file as leases are made, writes, reads it back, and removes it. */
  private void probe() {
    byte[] random = new byte[16];
    ThreadLocalRandom.current().nextBytes(random);
    String path = directory + "/.leasehold-probe-" + HexFormat.of().formatHex(random);
    Duration timeout = Duration.ofSeconds(config.ioTimeout());
    NewFile file = NewFile.zeros(PROBE_SIZE);
    switch (host.storage().publish(path, file, timeout)) {
      case Publication.Created(BlockStore store) -> {
        try (store) {
          transfer(store, timeout);
          clock(Path.of(path));
        } finally {
          remove(path);
        }
      }
      case Publication.Failed(StorageException e) ->
          findings.add(
              Finding.warning(
                  e.errno() == 1 || e.errno() == 13 || e.errno() == 30
                      ? Topic.PERMISSIONS
                      : Topic.DIRECT_IO,
                  "no lease can be made: " + e.getMessage(),
                  "until then no guest can be started that has no lease yet"));
      case Publication.NameTaken _, Publication.Unknown _ ->
          findings.add(
              Finding.warning(
                  Topic.DIRECT_IO,
                  "the storage did not make a file within " + timeout.toSeconds() + " s",
                  "look at the storage; io_timeout must be longer than it ever stalls"));
    }
  }

  private void transfer(BlockStore store, Duration timeout) {
    long start = System.nanoTime();
    try (var block = store.block(PROBE_SIZE)) {
      block.bytes().fill((byte) 0x5a);
      boolean done = store.write(0, block, timeout) instanceof Outcome.Done;
      try (var back = store.block(PROBE_SIZE)) {
        done &= store.read(0, back, timeout) instanceof Outcome.Done;
        done = done && back.bytes().mismatch(block.bytes()) < 0;
      }
      long millis = (System.nanoTime() - start) / 1_000_000;
      if (!done) {
        findings.add(
            Finding.unsafe(
                Topic.DIRECT_IO,
                "what was written to " + directory + " could not be read back",
                "look at the storage"));
      } else if (millis > timeout.toMillis() / 4) {
        findings.add(
            Finding.warning(
                Topic.DIRECT_IO,
                "a write and a read took "
                    + millis
                    + " ms; io_timeout is "
                    + timeout.toSeconds()
                    + " s",
                "look at the storage, or raise io_timeout on all hosts"));
      } else {
        findings.add(
            Finding.ok(
                Topic.DIRECT_IO, "direct I/O works; a write and a read took " + millis + " ms"));
      }
    }
  }

  /**
   * The storage's clock against ours: of no account for safety, but ages of files are told by it.
   */
  private void clock(Path probe) {
    try {
      long skew =
          Duration.between(Files.getLastModifiedTime(probe).toInstant(), Instant.now())
              .abs()
              .toSeconds();
      if (skew > MOST_SKEW_SECONDS) {
        findings.add(
            Finding.warning(
                Topic.CLOCK,
                "this host's clock and the storage's are " + skew + " s apart",
                "synchronise them (NTP): times in messages are wrong, and cleanup misjudges ages"));
      } else {
        findings.add(Finding.ok(Topic.CLOCK, "this host's clock agrees with the storage's"));
      }
    } catch (IOException e) {
      // The probe itself has told what is wrong.
    }
  }

  private static void remove(String path) {
    try {
      Files.deleteIfExists(Path.of(path));
    } catch (IOException e) {
      // Cleanup removes such files.
    }
  }
}
