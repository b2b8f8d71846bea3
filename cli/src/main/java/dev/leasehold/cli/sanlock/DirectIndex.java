// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import dev.leasehold.engine.rindex.IndexEntry;
import dev.leasehold.engine.rindex.IndexPlace;
import dev.leasehold.engine.rindex.ResourceIndexes;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.WireEntry;
import dev.leasehold.sanlock.wire.WireIndex;
import java.io.PrintStream;

/**
 * {@code direct format, lookup, update, rebuild}: on an index without its lease and without the
 * lockspace. Nobody else may use the index meanwhile.
 */
final class DirectIndex {
  private final Line line;
  private final PrintStream out;
  private final ResourceIndexes indexes;
  private final WireEntry entry;

  DirectIndex(Line line, ResourceIndexes indexes, PrintStream out) {
    this.line = line;
    this.out = out;
    this.indexes = indexes;
    this.entry = Arguments.entry(line);
  }

  int act() {
    WireIndex wire = Arguments.index(line);
    String path = wire.disk().path().toString();
    IndexPlace place = new IndexPlace(wire.lockspace(), path, wire.disk().offset());
    try {
      if (path.isEmpty()) {
        throw new LeaseException(ErrorCode.ENOENT, "an empty path leads nowhere");
      }
      return switch (line.action()) {
        case "format" -> format(place);
        case "lookup" -> lookup(place);
        case "update" -> update(place);
        default -> {
          indexes.rebuild(place, true);
          yield done(0);
        }
      };
    } catch (LeaseException e) {
      return done(e.code().number());
    }
  }

  private int done(int result) {
    out.println(line.action() + " done " + result);
    return result;
  }

  private int format(IndexPlace place) throws LeaseException {
    Geometry geometry = indexes.defaultGeometry(place.path());
    if (Arguments.sizeBits(line) != 0 && line.sizes().isEmpty()) {
      return done(ErrorCode.EPERM.number());
    }
    indexes.format(place, line.sizes().orElse(geometry), 0);
    return done(0);
  }

  private int lookup(IndexPlace place) throws LeaseException {
    IndexEntry found = find(place);
    if (entry.offset() != 0 && !entry.name().isEmpty() && !entry.name().sameName(found.name())) {
      return done(ErrorCode.RINDEX_DIFF.number());
    }
    int result = done(0);
    IndexActions.print(WireEntry.of(found.name(), found.offset()), out);
    return result;
  }

  private IndexEntry find(IndexPlace place) throws LeaseException {
    if (entry.offset() != 0) {
      return indexes.at(place, entry.offset(), true);
    }
    return entry.name().isEmpty()
        ? indexes.firstFree(place, true)
        : indexes.find(place, entry.name(), true);
  }

  private int update(IndexPlace place) throws LeaseException {
    boolean remove = line.has('z');
    if (entry.offset() == 0 || (!remove && entry.name().isEmpty())) {
      // What is wrong with the index itself is said first.
      indexes.check(place, true);
      return done(ErrorCode.EINVAL.number());
    }
    Name name = remove ? Name.EMPTY : entry.name();
    indexes.put(place, new IndexEntry(name, entry.offset()), true);
    return done(0);
  }
}
