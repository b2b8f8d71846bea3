// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.run;

import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.area.LockspaceImage;
import dev.leasehold.cli.area.LockspaceReader;
import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.cli.local.LastHostId;
import dev.leasehold.cli.local.RunEntry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.storage.Storage;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;

/**
 * Chooses the host id of a run: the one that this machine had last, else the lowest free one. The
 * choice is a guess, except against other runs of this machine: the delta lease is the arbiter.
 */
final class HostIds {
  private final LeaseDirectory directory;
  private final Storage storage;
  private final RunEntry entry;
  private final LastHostId last;
  private final Set<Long> lost = new HashSet<>();

  HostIds(LeaseDirectory directory, Storage storage, RunEntry entry) {
    this.directory = directory;
    this.storage = storage;
    this.entry = entry;
    this.last = LastHostId.of(directory);
  }

  /**
   * The id to try next, noted down in the journal; empty if none is free, and then nothing is noted
   * down.
   */
  OptionalLong claimFree() throws Failure {
    long id = entry.claimHostId(this::choose);
    return id == 0 ? OptionalLong.empty() : OptionalLong.of(id);
  }

  /** Notes down that this id is to be taken, whatever its record says. */
  void claim(long id) throws Failure {
    entry.claimHostId(
        claimed -> {
          if (claimed.contains(id)) {
            throw new Failure(
                ExitCode.JOIN_FAILED,
                "host id "
                    + id
                    + " is in use by another run on this machine\n"
                    + "Leave --host-id out: a free one is found then.");
          }
          return id;
        });
  }

  /** This id was taken by another host at the same moment: it is not tried again. */
  void lost(long id) {
    lost.add(id);
  }

  /** This id was joined. */
  void joined(long id) {
    last.remember(id);
  }

  private long choose(Set<Long> claimed) throws Failure {
    LockspaceImage image = read();
    OptionalLong before = last.get();
    if (before.isPresent() && isFree(image, before.getAsLong(), claimed)) {
      return before.getAsLong();
    }
    // Hosts that lost a race part: the window doubles each time.
    int window = 1 << Math.min(lost.size(), 10);
    List<Long> free =
        LongStream.rangeClosed(1, image.maxHosts())
            .filter(id -> isFree(image, id, claimed))
            .limit(window)
            .boxed()
            .toList();
    return free.isEmpty() ? 0 : free.get(ThreadLocalRandom.current().nextInt(free.size()));
  }

  private boolean isFree(LockspaceImage image, long id, Set<Long> claimed) {
    return id >= 1
        && id <= image.maxHosts()
        && !claimed.contains(id)
        && !lost.contains(id)
        && image.slot(id).isFree();
  }

  private LockspaceImage read() throws Failure {
    try (LockspaceReader reader = LockspaceReader.open(directory, storage)) {
      return reader.read();
    }
  }

  /**
   * The record of an id as it is now.
   *
   * @throws Failure also if the lockspace has no room for it
   */
  LeaderRecord record(long id) throws Failure {
    LockspaceImage image = read();
    if (id > image.maxHosts()) {
      throw new Failure(
          ExitCode.BAD_CONFIGURATION,
          "--host-id "
              + id
              + ": the lockspace in "
              + directory.shown()
              + " has room for host ids 1 to "
              + image.maxHosts()
              + " only");
    }
    return image.slot(id).record();
  }
}
