// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.client;

import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.Command;
import dev.leasehold.sanlock.wire.Flags;
import dev.leasehold.sanlock.wire.ReplyBody;
import dev.leasehold.sanlock.wire.RequestBody;
import dev.leasehold.sanlock.wire.WireEntry;
import dev.leasehold.sanlock.wire.WireIndex;
import java.io.IOException;
import java.util.OptionalLong;

/** Resource indexes. Thread-safe. */
public final class IndexCommands {
  private static final int MIB = 1 << 20;

  private final Dialer dialer;

  IndexCommands(Dialer dialer) {
    this.dialer = dialer;
  }

  /** An index: its lockspace must be joined for everything but {@link #format}. */
  public record Index(Name lockspace, LeasePlace place) {}

  /**
   * An entry.
   *
   * @param name empty if it is free
   * @param offset of the resource's lease, in bytes
   */
  public record Entry(Name name, long offset) {}

  /**
   * Writes an empty index over whatever is there.
   *
   * @param maxResources 0 for the default
   */
  public void format(Index index, Geometry sizes, int maxResources)
      throws IOException, SanlockException {
    int sector = sizes.sectorSize() == 512 ? Flags.SECTOR_512 : Flags.SECTOR_4K;
    int bits = sector | Flags.ALIGN_1M * (sizes.alignSize() / MIB);
    WireIndex wire = new WireIndex(bits, maxResources, 0, index.lockspace, index.place.wire());
    dialer.askAndWait(Command.FORMAT_RINDEX, 0, 0, 0, new RequestBody.OfIndex(wire));
  }

  /** Makes the index anew from the leases that are found. */
  public void rebuild(Index index) throws IOException, SanlockException {
    dialer.askAndWait(Command.REBUILD_RINDEX, 0, 0, 0, new RequestBody.OfIndex(wire(index)));
  }

  /**
   * Makes a lease in the first free place.
   *
   * @param numHosts room for host ids; 0 for all that fit
   * @return its offset
   * @throws SanlockException ENOENT the index is full; ACQUIRE_… another host works on it
   */
  public long create(Index index, Name resource, int numHosts)
      throws IOException, SanlockException {
    return ask(Command.CREATE_RESOURCE, 0, numHosts, index, WireEntry.of(resource, 0)).offset();
  }

  /** Frees the first entry of that name and marks its lease as cleared. */
  public void delete(Index index, Name resource) throws IOException, SanlockException {
    ask(Command.DELETE_RESOURCE, 0, 0, index, WireEntry.of(resource, 0));
  }

  /** Where a resource's lease is, if the index has it. */
  public OptionalLong find(Index index, Name resource) throws IOException, SanlockException {
    try {
      return OptionalLong.of(
          ask(Command.LOOKUP_RINDEX, 0, 0, index, WireEntry.of(resource, 0)).offset());
    } catch (SanlockException e) {
      if (e.is(ErrorCode.ENOENT)) {
        return OptionalLong.empty();
      }
      throw e;
    }
  }

  /** What the index has for a place. */
  public Entry at(Index index, long offset) throws IOException, SanlockException {
    return ask(Command.LOOKUP_RINDEX, 0, 0, index, WireEntry.of(Name.EMPTY, offset));
  }

  /** The first free place. */
  public long firstFree(Index index) throws IOException, SanlockException {
    return ask(Command.LOOKUP_RINDEX, 0, 0, index, WireEntry.NONE).offset();
  }

  /** Records a name for a place. */
  public void add(Index index, Entry entry) throws IOException, SanlockException {
    WireEntry wire = WireEntry.of(entry.name, entry.offset);
    ask(Command.UPDATE_RINDEX, Flags.INDEX_ADD, 0, index, wire);
  }

  /** Records that a place is free. */
  public void remove(Index index, long offset) throws IOException, SanlockException {
    WireEntry wire = WireEntry.of(Name.EMPTY, offset);
    ask(Command.UPDATE_RINDEX, Flags.INDEX_REM, 0, index, wire);
  }

  private Entry ask(Command command, int flags, int data2, Index index, WireEntry entry)
      throws IOException, SanlockException {
    ReplyBody body =
        dialer
            .askAndWait(command, flags, 0, data2, new RequestBody.OfEntry(wire(index), entry))
            .body();
    WireEntry found = ((ReplyBody.OfEntry) body).entry();
    return new Entry(found.name(), found.offset());
  }

  private static WireIndex wire(Index index) {
    return WireIndex.of(index.lockspace, index.place.wire());
  }
}
