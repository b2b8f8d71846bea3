// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.engine.rindex.IndexEntry;
import dev.leasehold.engine.rindex.IndexPlace;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.Flags;
import dev.leasehold.sanlock.wire.Header;
import dev.leasehold.sanlock.wire.ReplyBody;
import dev.leasehold.sanlock.wire.RequestBody;
import dev.leasehold.sanlock.wire.WireEntry;
import dev.leasehold.sanlock.wire.WireIndex;
import java.util.Optional;

/** The resource index (docs/spec/wire.md 4.26). */
final class IndexCommands {
  private final Door door;

  IndexCommands(Door door) {
    this.door = door;
  }

  /** An index and an entry of it. */
  private record Asked(IndexPlace place, WireEntry entry) {}

  Answer format(Client client, Header header, RequestBody body) throws LeaseException {
    WireIndex index = index(body);
    IndexPlace place = place(index);
    Optional<Geometry> wanted = Sizes.wanted(index.flags());
    Geometry geometry =
        wanted.isPresent() ? wanted.get() : door.indexes().defaultGeometry(place.path());
    door.indexes().format(place, geometry, index.maxResources());
    return Answer.done(header);
  }

  Answer rebuild(Client client, Header header, RequestBody body) throws LeaseException {
    door.indexes().rebuild(place(index(body)), alone(header));
    return Answer.done(header);
  }

  Answer create(Client client, Header header, RequestBody body) throws LeaseException {
    Asked asked = asked(body);
    long numHosts = Integer.toUnsignedLong(header.data2());
    long offset = door.indexes().create(asked.place, asked.entry.name(), numHosts);
    return entry(header, 0, new IndexEntry(Name.EMPTY, offset));
  }

  Answer delete(Client client, Header header, RequestBody body) throws LeaseException {
    Asked asked = asked(body);
    door.indexes().delete(asked.place, asked.entry.name());
    return entry(header, 0, new IndexEntry(Name.EMPTY, 0));
  }

  Answer lookup(Client client, Header header, RequestBody body) throws LeaseException {
    Asked asked = asked(body);
    Name name = asked.entry.name();
    long offset = asked.entry.offset();
    if (offset == 0) {
      IndexEntry found =
          name.isEmpty()
              ? door.indexes().firstFree(asked.place, alone(header))
              : door.indexes().find(asked.place, name, alone(header));
      return entry(header, 0, found);
    }
    IndexEntry found = door.indexes().at(asked.place, offset, alone(header));
    boolean differs = !name.isEmpty() && !name.sameName(found.name());
    return entry(header, differs ? ErrorCode.RINDEX_DIFF.number() : 0, found);
  }

  Answer update(Client client, Header header, RequestBody body) throws LeaseException {
    Asked asked = asked(body);
    IndexEntry wanted = new IndexEntry(asked.entry.name(), asked.entry.offset());
    boolean add = Flags.has(header.flags(), Flags.INDEX_ADD);
    boolean remove = Flags.has(header.flags(), Flags.INDEX_REM);
    boolean complete = wanted.offset() != 0 && (!add || !wanted.name().isEmpty());
    if ((!add && !remove) || !complete) {
      // What is wrong with the index itself is said first.
      door.indexes().check(asked.place, alone(header));
      throw new LeaseException(
          ErrorCode.EINVAL, "an update adds a name at an offset, or removes what is at an offset");
    }
    Name name = add ? wanted.name() : Name.EMPTY;
    door.indexes().put(asked.place, new IndexEntry(name, wanted.offset()), alone(header));
    return entry(header, 0, add ? wanted : new IndexEntry(Name.EMPTY, 0));
  }

  private static Answer entry(Header header, int result, IndexEntry entry) {
    WireEntry wire = WireEntry.of(entry.name(), entry.offset());
    return Answer.with(header.reply(result), new ReplyBody.OfEntry(wire));
  }

  private static boolean alone(Header header) {
    return Flags.has(header.flags(), Flags.INDEX_NO_LOCKSPACE);
  }

  private static WireIndex index(RequestBody body) {
    if (body instanceof RequestBody.OfIndex(WireIndex index)) {
      return index;
    }
    throw Answers.unexpected(body);
  }

  private static Asked asked(RequestBody body) throws LeaseException {
    if (body instanceof RequestBody.OfEntry(WireIndex index, WireEntry entry)) {
      return new Asked(place(index), entry);
    }
    throw Answers.unexpected(body);
  }

  private static IndexPlace place(WireIndex index) throws LeaseException {
    String path = Answers.path(index.disk().path());
    if (path.isEmpty()) {
      throw new LeaseException(ErrorCode.ENOENT, "an empty path leads nowhere");
    }
    return new IndexPlace(index.lockspace(), path, index.disk().offset());
  }
}
