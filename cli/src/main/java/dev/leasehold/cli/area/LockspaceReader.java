// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.area;

import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Faults;
import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.storage.Storage;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/** The lockspace of a lease directory, open for reading. Not thread-safe. */
public final class LockspaceReader implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int PROBE = 4096;

  private final AreaReader reader;
  private final Geometry geometry;

  private LockspaceReader(AreaReader reader, Geometry geometry) {
    this.reader = reader;
    this.geometry = geometry;
  }

  /**
   * Opens it.
   *
   * @throws Failure if it does not exist, is no lockspace of the right name, or cannot be read
   */
  public static LockspaceReader open(LeaseDirectory directory, Storage storage) throws Failure {
    AreaReader reader = AreaReader.open(storage, directory.lockspacePath(), TIMEOUT);
    boolean opened = false;
    try {
      LeaderRecord first =
          LeaderRecord.decode(reader.read(0, PROBE).orElseThrow(() -> truncated(reader)), 0);
      Geometry geometry = first.verifyLockspaceSizes(0);
      if (!first.spaceName().sameName(Name.of(LeaseDirectory.LOCKSPACE))) {
        throw new Failure(
            ExitCode.BAD_DATA,
            reader.name()
                + " is the lockspace of another name: "
                + dev.leasehold.cli.Printable.line(first.spaceName().toString()));
      }
      opened = true;
      return new LockspaceReader(reader, geometry);
    } catch (LeaseException e) {
      throw Faults.of(reader.name(), e);
    } finally {
      if (!opened) {
        reader.close();
      }
    }
  }

  private static Failure truncated(AreaReader reader) {
    return new Failure(
        ExitCode.BAD_DATA,
        reader.name()
            + " is empty or was cut off: it holds no whole lockspace"
            + "\nIf no host uses this lease directory, remove the file; it is made anew then.");
  }

  /** Its sizes. */
  public Geometry geometry() {
    return geometry;
  }

  /** The lockspace as it is now. */
  public LockspaceImage read() throws Failure {
    MemorySegment area = reader.read(0, geometry.alignSize()).orElseThrow(() -> truncated(reader));
    return new LockspaceImage(area, geometry);
  }

  @Override
  public void close() {
    reader.close();
  }
}
