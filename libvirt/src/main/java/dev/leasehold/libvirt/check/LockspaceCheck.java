// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.check;

import dev.leasehold.libvirt.check.Finding.Topic;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.HostNames;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.storage.Block;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.Outcome;
import dev.leasehold.storage.StorageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;

/** The lockspace: sound, and this host's place in it. */
final class LockspaceCheck {
  private static final Name LOCKSPACE = Name.of(LeaseholdConfig.LOCKSPACE);
  private static final int ENOENT = 2;
  private static final int HEAD = 4096;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final long POLL_NANOS = 250_000_000;

  private final Surroundings host;
  private final LeaseholdConfig config;
  private final String path;
  private final List<Finding> findings = new ArrayList<>();

  LockspaceCheck(Surroundings host, LeaseholdConfig config, String directory) {
    this.host = host;
    this.config = config;
    this.path = directory + "/" + LeaseholdConfig.LOCKSPACE;
  }

  List<Finding> findings() {
    try (BlockStore store = host.storage().openReadOnly(path, TIMEOUT)) {
      look(store);
    } catch (StorageException e) {
      if (e.errno() == ENOENT) {
        findings.add(
            Finding.warning(
                Topic.LOCKSPACE,
                "there is no lockspace yet in the lease directory",
                "the first daemon that starts makes it; if other hosts run already, this is not"
                    + " the directory that they use"));
      } else {
        broken(String.valueOf(e.getMessage()));
      }
    } catch (LeaseException e) {
      broken(path + ": " + e.detail() + " (" + e.code() + ")");
    }
    return findings;
  }

  private void broken(String words) {
    findings.add(
        Finding.warning(
            Topic.LOCKSPACE,
            "the lockspace cannot be used: " + words,
            "if no host uses it, remove the file, and it is made anew"));
  }

  private void look(BlockStore store) throws LeaseException {
    LeaderRecord first = record(store, 0);
    first.verifyDelta(LOCKSPACE);
    Geometry geometry = Geometry.ofLeader(first.flags(), first.sectorSize());
    Set<Integer> timeouts = new TreeSet<>();
    int hosts = 0;
    try (Block area = store.block(geometry.alignSize())) {
      if (!(store.read(0, area, TIMEOUT) instanceof Outcome.Done)) {
        broken(path + " is too short, or the storage did not answer");
        return;
      }
      for (long id = 1; id <= geometry.maxHosts(); id++) {
        LeaderRecord record = LeaderRecord.decode(area.bytes(), geometry.deltaOffset(id));
        if (record.ownerId() == id && !record.isFree()) {
          hosts++;
          timeouts.add(record.ioTimeout());
        }
      }
    }
    findings.add(
        Finding.ok(Topic.LOCKSPACE, "the lockspace is sound; " + hosts + " host ids are taken"));
    if (timeouts.stream().anyMatch(timeout -> timeout != config.ioTimeout())) {
      findings.add(
          Finding.warning(
              Topic.LOCKSPACE,
              "hosts have io timeouts of "
                  + timeouts
                  + " s, this one is configured for "
                  + config.ioTimeout(),
              "set io_timeout to the same on all hosts: a host waits as long for another as that"
                  + " one's says"));
    }
    if (config.hostId().isPresent()) {
      ownId(store, geometry, config.hostId().getAsInt());
    } else {
      findings.add(Finding.ok(Topic.HOST_ID, "a free host id is found at the start"));
    }
  }

  private LeaderRecord record(BlockStore store, long offset) throws LeaseException {
    try (Block head = store.block(HEAD)) {
      if (!(store.read(offset - offset % HEAD, head, TIMEOUT) instanceof Outcome.Done)) {
        throw new LeaseException(
            dev.leasehold.ondisk.ErrorCode.EIO, "it is too short, or the storage did not answer");
      }
      return LeaderRecord.decode(head.bytes(), offset % HEAD);
    }
  }

  private void ownId(BlockStore store, Geometry geometry, int id) throws LeaseException {
    if (id > geometry.maxHosts()) {
      findings.add(
          Finding.warning(
              Topic.HOST_ID,
              "host_id = " + id + " is beyond what the lockspace has room for",
              "use one from 1 to " + geometry.maxHosts()));
      return;
    }
    LeaderRecord before = record(store, geometry.deltaOffset(id));
    String owner = before.resourceName().toString();
    if (before.isFree() || isOwn(owner)) {
      findings.add(Finding.ok(Topic.HOST_ID, "host id " + id + " is free or this host's own"));
      return;
    }
    if (isRenewed(store, geometry, id, before)) {
      findings.add(
          Finding.unsafe(
              Topic.HOST_ID,
              "host id " + id + " is in use by the host " + shown(owner),
              "give this host another host_id, or \"auto\""));
    } else {
      findings.add(
          Finding.warning(
              Topic.HOST_ID,
              "host id "
                  + id
                  + " was taken by "
                  + shown(owner)
                  + ", which shows no sign of life; joining will wait until it is surely gone",
              "if that host still exists, give this one another host_id, or \"auto\""));
    }
  }

  private boolean isOwn(String owner) {
    return owner.equals(host.hostName())
        || owner.endsWith("." + host.hostName())
        || config.hostName().filter(owner::equals).isPresent();
  }

  private static String shown(String name) {
    return HostNames.shown(name).replaceAll("\\p{Cntrl}", "?");
  }

  /** A host that is alive renews its record every two io timeouts. */
  private boolean isRenewed(BlockStore store, Geometry geometry, int id, LeaderRecord before)
      throws LeaseException {
    long patience = 2L * Math.max(1, before.ioTimeout()) + 2;
    long end = System.nanoTime() + Duration.ofSeconds(patience).toNanos();
    while (System.nanoTime() - end < 0) {
      if (!record(store, geometry.deltaOffset(id)).equals(before)) {
        return true;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    return false;
  }
}
