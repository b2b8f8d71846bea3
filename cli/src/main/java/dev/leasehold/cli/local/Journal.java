// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.local;

import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Printable;
import dev.leasehold.cli.disk.LeaseDirectory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The runs of this user on this machine in one lease directory: for each a file with its {@link
 * RunRecord} and a lock file that it holds while it lives. Thread-safe.
 */
public final class Journal {
  private static final String RECORD = ".run";
  private static final String LOCK = ".lock";
  private static final String GATE = ".gate";
  private static final String CHOICE = "host-ids.lock";

  private final Path directory;
  private final boolean survivesReboot;

  private Journal(Path directory, boolean survivesReboot) {
    this.directory = directory;
    this.survivesReboot = survivesReboot;
  }

  /**
   * The journal that belongs to a lease directory; made if missing.
   *
   * <p>That of the default directory lies beside it: whoever copies, restores or shares the one
   * does the same with the other, so after a reboot the journal still tells the truth about the
   * leases. That of any other directory is forgotten with the reboot.
   *
   * @throws Failure if it cannot be made or the lease directory cannot be looked at
   */
  public static Journal of(LeaseDirectory leases) throws Failure {
    Path path = Path.of(leases.path());
    if (leases.isDefault() && LocalFileSystem.contains(path)) {
      Path beside = path.resolveSibling("runs");
      OwnDirectory.make(beside);
      return new Journal(beside, true);
    }
    Path directory = RuntimeDirectory.make().resolve(key(path));
    OwnDirectory.make(directory);
    return new Journal(directory, false);
  }

  /**
   * The journal if there is one, without making it: for commands that only look. A journal that
   * cannot be read counts as none.
   */
  public static Optional<Journal> existing(LeaseDirectory leases) {
    Path path = Path.of(leases.path());
    try {
      boolean beside = leases.isDefault() && LocalFileSystem.contains(path);
      Path directory =
          beside ? path.resolveSibling("runs") : RuntimeDirectory.path().resolve(key(path));
      OwnDirectory.check(directory);
      return Optional.of(new Journal(directory, beside));
    } catch (IOException | Failure e) {
      return Optional.empty();
    }
  }

  /** A journal in an existing directory, for tests. */
  static Journal at(Path directory, boolean survivesReboot) {
    return new Journal(directory, survivesReboot);
  }

  /** One directory is one key, whatever path leads to it. */
  private static String key(Path leases) throws Failure {
    try {
      long device = (long) Files.getAttribute(leases, "unix:dev");
      return Long.toHexString(device) + "-" + Files.getAttribute(leases, "unix:ino");
    } catch (IOException e) {
      throw new Failure(
          ExitCode.NO_INPUT,
          "lease directory " + Printable.line(leases.toString()) + " cannot be looked at: " + e,
          e);
    }
  }

  /** Whether records of earlier boots are to be found in it. */
  boolean survivesReboot() {
    return survivesReboot;
  }

  /**
   * Enters a run and takes its lock.
   *
   * @throws Failure if that cannot be written
   */
  public RunEntry enter(RunRecord run) throws Failure {
    try {
      LockFile lock =
          LockFile.tryLock(lockPath(run.owner()))
              .orElseThrow(() -> new IOException(run.owner() + " is locked by another run"));
      RunEntry entry = new RunEntry(this, lock, run);
      write(run);
      return entry;
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** Replaces the record of a run; it is on the disk when this returns. */
  void write(RunRecord run) throws IOException {
    Path temporary = directory.resolve(run.owner() + ".new");
    byte[] bytes = RunRecordText.encode(run).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    Files.deleteIfExists(temporary);
    Files.write(
        temporary,
        bytes,
        StandardOpenOption.CREATE_NEW,
        StandardOpenOption.WRITE,
        StandardOpenOption.SYNC);
    Files.move(temporary, recordPath(run.owner()), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  Failure unwritable(IOException e) {
    return new Failure(
        ExitCode.CANNOT_CREATE,
        "the journal of runs in "
            + Printable.line(directory.toString())
            + " cannot be written: "
            + Printable.line(e.toString())
            + "\nCheck that its disk is not full.",
        e);
  }

  /** Removes all that is left of a run. Its lock must be held. */
  void remove(String owner) throws IOException {
    Files.deleteIfExists(directory.resolve(owner + ".new"));
    Files.deleteIfExists(gatePath(owner));
    Files.deleteIfExists(recordPath(owner));
    Files.deleteIfExists(lockPath(owner));
  }

  /** The owner names of all runs, dead or alive. */
  List<String> owners() throws IOException {
    List<String> owners = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + RECORD)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        owners.add(name.substring(0, name.length() - RECORD.length()));
      }
    }
    return owners;
  }

  /** The record of a run; empty if it is gone meanwhile or cannot be understood. */
  Optional<RunRecord> read(String owner) throws IOException {
    try {
      return RunRecordText.decode(Files.readString(recordPath(owner)));
    } catch (java.nio.file.NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** All records, of dead runs too. */
  public List<RunRecord> runs() {
    List<RunRecord> runs = new ArrayList<>();
    try {
      for (String owner : owners()) {
        read(owner).ifPresent(runs::add);
      }
    } catch (IOException e) {
      // Then less is known of this machine's runs; nothing depends on knowing all.
    }
    return runs;
  }

  /** Takes the lock of a run; empty if the run lives, or somebody else has just taken it. */
  Optional<LockFile> tryLock(String owner) throws IOException {
    return LockFile.tryLock(lockPath(owner));
  }

  /** Held while a run chooses a host id and notes it down. */
  LockFile lockChoice() throws IOException {
    return LockFile.lock(directory.resolve(CHOICE))
        .orElseThrow(() -> new IllegalStateException("host ids are chosen one at a time"));
  }

  /** Where a run may make the named pipe of its gate. */
  public Path gatePath(String owner) {
    return directory.resolve(owner + GATE);
  }

  private Path recordPath(String owner) {
    return directory.resolve(owner + RECORD);
  }

  private Path lockPath(String owner) {
    return directory.resolve(owner + LOCK);
  }
}
