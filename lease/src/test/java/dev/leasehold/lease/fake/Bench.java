// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease.fake;

import dev.leasehold.lease.AcquireException;
import dev.leasehold.lease.AcquireTerms;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.lease.OwnerWait;
import dev.leasehold.lease.PaxosHold;
import dev.leasehold.lease.PaxosLease;
import dev.leasehold.ondisk.Dblock;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.HostSector;
import dev.leasehold.ondisk.LeaderBuilder;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.ModeBlock;
import java.util.List;
import java.util.function.UnaryOperator;

/** One lease for 8 hosts on one disk, host 1 as the one under test, and hands to tamper with it. */
public final class Bench {
  private static final Geometry GEOMETRY = Geometry.SECTOR_512;

  /** The world. */
  public final SoloWorld world = new SoloWorld(5000);

  /** The disk. */
  public final MemDisk disk = Host.disk(world, Host.RESOURCE, 8);

  /** All hosts, unseen unless a test says otherwise. */
  public final FakeHosts hosts = new FakeHosts(world);

  /** Host 1, generation 3. */
  public final Host host = new Host(world, hosts, 1, 3, disk);

  /** Another host that is alive. */
  public Host live(long hostId) {
    hosts.alive(hostId, 1);
    return new Host(world, hosts, hostId, 1, disk);
  }

  /** The leader record on the disk. */
  public LeaderRecord leader() {
    return LeaderRecord.decode(disk.bytes(), 0);
  }

  /** Changes the leader record, with the right checksum. */
  public void leader(UnaryOperator<LeaderBuilder> change) {
    leader(change.apply(leader().toBuilder()).build());
  }

  /** Replaces the leader record. */
  public void leader(LeaderRecord record) {
    record.encode(disk.bytes(), 0);
  }

  /** Lets a host own the lease. */
  public void owned(long hostId, long generation, long lver) {
    leader(
        l ->
            l.ownerId(hostId)
                .ownerGeneration(generation)
                .lver(lver)
                .timestamp(77)
                .writeId(hostId)
                .writeGeneration(generation)
                .writeTimestamp(77));
  }

  /** A host's sector on the disk. */
  public HostSector sector(long hostId) {
    return HostSector.decode(disk.bytes(), GEOMETRY.hostSectorOffset(hostId));
  }

  /** Replaces a host's sector. */
  public void sector(long hostId, Dblock dblock, ModeBlock mode) {
    new HostSector(dblock, mode).encode(disk.bytes(), GEOMETRY.hostSectorOffset(hostId), 512);
  }

  /** Host 1 acquires. */
  public PaxosHold acquire(HoldMode mode) throws AcquireException {
    return acquire(host, AcquireTerms.of(mode));
  }

  /** A host acquires. */
  public PaxosHold acquire(Host who, AcquireTerms terms) throws AcquireException {
    return acquire(who.lease(), who, terms);
  }

  /** A host acquires with a lease object of its. */
  public PaxosHold acquire(PaxosLease lease, Host who, AcquireTerms terms) throws AcquireException {
    return lease.acquire(terms, who.pause(), OwnerWait.Listener.SILENT);
  }

  /** The writes of host 1 so far, in words. */
  public List<String> writes() {
    return writes(host);
  }

  /** The writes of a host so far, in words. */
  public static List<String> writes(Host who) {
    return who.store().trace().stream().filter(Op::write).map(Op::inWords).toList();
  }
}
