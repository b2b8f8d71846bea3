// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.client;

import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.Command;
import dev.leasehold.sanlock.wire.Flags;
import dev.leasehold.sanlock.wire.Reply;
import dev.leasehold.sanlock.wire.ReplyBody;
import dev.leasehold.sanlock.wire.RequestBody;
import dev.leasehold.sanlock.wire.WireHost;
import dev.leasehold.sanlock.wire.WireLockspace;
import dev.leasehold.sanlock.wire.WireResource;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Lease areas on storage, made and read by the daemon. Thread-safe. */
public final class AreaCommands {
  private static final int MIB = 1 << 20;

  private final Dialer dialer;

  AreaCommands(Dialer dialer) {
    this.dialer = dialer;
  }

  /**
   * What lockspace is at a place.
   *
   * @param ioTimeout seconds, as recorded
   */
  public record LockspaceFound(LockspaceRef lockspace, Optional<Geometry> sizes, int ioTimeout) {}

  /** What resource is at a place. */
  public record ResourceFound(Name lockspace, Name name, long lver, Optional<Geometry> sizes) {}

  /**
   * Who has a lease, according to the disk.
   *
   * @param lver its version
   * @param owners host ids with their generations; the timestamp is 0 for those that share it
   */
  public record Owners(long lver, boolean shared, List<Host> owners) {
    /** Copies the list. */
    public Owners {
      owners = List.copyOf(owners);
    }
  }

  /**
   * How lease areas on a device are aligned, in bytes.
   *
   * @throws SanlockException ENODEV it cannot be opened
   */
  public int align(String path) throws IOException, SanlockException {
    RequestBody body = new RequestBody.OfDisk(LeasePlace.of(path).wire());
    return dialer.ask(Command.ALIGN, 0, 0, 0, body).header().data();
  }

  /**
   * Writes an empty lockspace over whatever is there.
   *
   * @param sizes empty for those of the device
   * @param ioTimeout seconds to record; 0 for the daemon's default
   * @throws SanlockException ENODEV it cannot be opened; I/O
   */
  public void writeLockspace(Name name, LeasePlace place, Optional<Geometry> sizes, int ioTimeout)
      throws IOException, SanlockException {
    RequestBody body =
        new LockspaceRef(name, 0, place).body(sizes.map(AreaCommands::bits).orElse(0));
    dialer.askAndWait(Command.WRITE_LOCKSPACE, 0, 0, ioTimeout, body);
  }

  /**
   * Writes a resource that was never acquired over whatever is there.
   *
   * @param sizes empty for those of the device
   * @param numHosts room for host ids; 0 for all that fit
   * @param cleared mark it as taken away instead
   * @throws SanlockException ENOENT it cannot be opened; I/O
   */
  public void writeResource(
      ResourceRef resource, Optional<Geometry> sizes, int numHosts, boolean cleared)
      throws IOException, SanlockException {
    WireResource wire = resource.wire().withFlags(sizes.map(AreaCommands::bits).orElse(0));
    int flags = cleared ? Flags.WRITE_CLEAR : 0;
    dialer.askAndWait(
        Command.WRITE_RESOURCE, flags, numHosts, numHosts, new RequestBody.OfResource(wire));
  }

  private static int bits(Geometry sizes) {
    int sector = sizes.sectorSize() == 512 ? Flags.SECTOR_512 : Flags.SECTOR_4K;
    return sector | Flags.ALIGN_1M * (sizes.alignSize() / MIB);
  }

  private static Optional<Geometry> sizes(int flags) {
    int sector = Flags.has(flags, Flags.SECTOR_512) ? 512 : 4096;
    int align = Integer.lowestOneBit(flags & Flags.ALIGN_BITS) / Flags.ALIGN_1M * MIB;
    return Geometry.of(sector, align);
  }

  /**
   * Reads what lockspace is at a place.
   *
   * @throws SanlockException LEADER_MAGIC nothing is there; ENODEV; I/O
   */
  public LockspaceFound readLockspace(LeasePlace place) throws IOException, SanlockException {
    LockspaceRef any = new LockspaceRef(Name.EMPTY, 0, place);
    Reply reply = dialer.ask(Command.READ_LOCKSPACE, 0, 0, 0, any.body());
    WireLockspace found = ((ReplyBody.OfLockspace) reply.body()).lockspace();
    return new LockspaceFound(LockspaceRef.of(found), sizes(found.flags()), reply.header().data2());
  }

  /**
   * Reads what resource is at a place.
   *
   * @throws SanlockException LEADER_MAGIC nothing is there, or it was cleared; ENOENT; I/O
   */
  public ResourceFound readResource(LeasePlace place) throws IOException, SanlockException {
    ResourceRef any = new ResourceRef(Name.EMPTY, Name.EMPTY, List.of(place));
    Reply reply = dialer.ask(Command.READ_RESOURCE, 0, 0, 0, any.body());
    WireResource found = ((ReplyBody.OfResource) reply.body()).resource();
    return new ResourceFound(found.lockspace(), found.name(), found.lver(), sizes(found.flags()));
  }

  /**
   * Reads who has a lease. Nobody looks whether they are alive.
   *
   * @throws SanlockException LEADER_LOCKSPACE, LEADER_RESOURCE other names are there
   */
  public Owners readOwners(ResourceRef resource) throws IOException, SanlockException {
    Reply reply = dialer.ask(Command.READ_RESOURCE_OWNERS, 0, 0, 0, resource.body());
    if (!(reply.body() instanceof ReplyBody.Owners(WireResource found, List<WireHost> hosts))) {
      throw new IOException("an answer without owners");
    }
    return new Owners(
        found.lver(),
        Flags.has(found.flags(), Flags.RES_SHARED),
        hosts.stream().map(Host::of).toList());
  }
}
