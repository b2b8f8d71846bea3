// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.verify;

import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.NewFile;
import dev.leasehold.storage.Publication;
import dev.leasehold.storage.Storage;
import dev.leasehold.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** What one host can find out alone: names, and what direct I/O takes. */
final class Basics {
  static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int RIVALS = 8;
  private static final Set<String> LOCAL =
      Set.of("ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "f2fs", "ramfs");

  private final Path directory;
  private final Storage storage;
  private final Findings findings;

  Basics(Path directory, Storage storage, Findings findings) {
    this.directory = directory;
    this.storage = storage;
    this.findings = findings;
  }

  /** False if there is no point in going on. */
  boolean run() {
    kind();
    return creation() && names() && links();
  }

  private void kind() {
    String what = "the file system is one that hosts share";
    try {
      String type = Files.getFileStore(directory).type();
      boolean local = LOCAL.contains(type);
      findings.add(
          new Check(
              "file-system",
              what,
              local ? Check.Outcome.NOTE : Check.Outcome.OK,
              local ? type + " is a local one: no other host sees it" : type));
    } catch (IOException e) {
      findings.add(new Check("file-system", what, Check.Outcome.SKIPPED, "its type is not known"));
    }
  }

  private boolean creation() {
    Path path = directory.resolve("created");
    try {
      Files.deleteIfExists(path);
      switch (storage.publish(path.toString(), NewFile.zeros(1 << 20), TIMEOUT)) {
        case Publication.Created created -> {
          try (BlockStore store = created.store()) {
            findings.ok(
                "direct-io", "direct, synchronous I/O", "in units of " + store.ioUnit() + " bytes");
          }
          findings.ok("allocation", "a new file has its space before it has its name", "1 MiB");
        }
        case Publication.Failed failed ->
            findings.failed(
                "direct-io",
                "direct, synchronous I/O",
                String.valueOf(failed.error().getMessage()));
        case Publication.NameTaken _ ->
            findings.failed(
                "creation", "a name that was removed is free", "it still counts as taken");
        case Publication.Unknown _ ->
            findings.failed(
                "creation",
                "a new file gets its name, and is the same file by it",
                "it did not, or not within " + TIMEOUT.toSeconds() + " s");
      }
    } catch (IOException e) {
      findings.failed("writing", "files can be made and removed", String.valueOf(e));
    }
    return findings.firstFailure().isEmpty();
  }

  /** Of several that make the same name at once, one succeeds. */
  private boolean names() {
    String what = "of several who make one name at once, one succeeds";
    String path = directory.resolve("rivals").toString();
    AtomicInteger made = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    CountDownLatch start = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(RIVALS);
    for (int i = 0; i < RIVALS; i++) {
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                try {
                  start.await();
                  switch (storage.publish(path, NewFile.zeros(4096), TIMEOUT)) {
                    case Publication.Created created -> {
                      created.store().close();
                      made.incrementAndGet();
                    }
                    case Publication.NameTaken _ -> refused.incrementAndGet();
                    case Publication.Failed _, Publication.Unknown _ -> {
                      // Neither: counted as missing below.
                    }
                  }
                } catch (InterruptedException e) {
                  // Missing below.
                } finally {
                  end.countDown();
                }
              });
    }
    start.countDown();
    try {
      end.await();
    } catch (InterruptedException e) {
      return false;
    }
    String found =
        made + " of " + RIVALS + " succeeded, " + refused + " were told that it is taken";
    if (made.get() == 1 && refused.get() == RIVALS - 1) {
      findings.ok("exclusive-creation", what, found);
      return true;
    }
    findings.failed("exclusive-creation", what, found);
    return false;
  }

  private boolean links() {
    Path one = directory.resolve("rivals");
    Path two = directory.resolve("linked");
    Path three = directory.resolve("renamed");
    try (BlockStore store = storage.open(one.toString(), TIMEOUT)) {
      Files.createLink(two, one);
      boolean same = storage.leadsTo(two.toString(), store, TIMEOUT);
      boolean counted = Integer.valueOf(2).equals(Files.getAttribute(one, "unix:nlink"));
      report("hard-links", "a second name leads to the same file, and is counted", same && counted);
      Files.move(two, three, StandardCopyOption.ATOMIC_MOVE);
      boolean moved = storage.leadsTo(three.toString(), store, TIMEOUT) && Files.notExists(two);
      report("rename", "a rename takes the old name away and gives the new one", moved);
      boolean removed = storage.unlink(one.toString(), store, TIMEOUT) && Files.notExists(one);
      report("removal", "a removed name is gone, the open file is not", removed);
    } catch (IOException | StorageException e) {
      findings.failed("hard-links", "names behave as on a local file system", String.valueOf(e));
    }
    return findings.firstFailure().isEmpty();
  }

  private void report(String name, String what, boolean holds) {
    if (holds) {
      findings.ok(name, what, "");
    } else {
      findings.failed(name, what, "it does not");
    }
  }
}
