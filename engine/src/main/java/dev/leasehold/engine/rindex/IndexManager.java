// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.rindex;

import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.EnginePorts;
import dev.leasehold.engine.spi.LockspaceDirectory;
import dev.leasehold.engine.spi.MemberLockspace;
import dev.leasehold.lease.ValidityCheck;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.storage.BlockStore;
import dev.leasehold.storage.Storage;
import dev.leasehold.storage.StorageException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Resource indexes on the ports of an engine: opens, guards and ends each operation. Thread-safe.
 */
public final class IndexManager implements ResourceIndexes {
  private static final Duration LONG = Duration.ofHours(1);

  private final EnginePorts ports;
  private final EngineConfig config;
  private final LockspaceDirectory directory;
  private final Object lock = new Object();
  private final Map<Name, IndexOperation> running = new LinkedHashMap<>();

  /**
   * @param directory the joined lockspaces of the same engine
   */
  public IndexManager(EnginePorts ports, EngineConfig config, LockspaceDirectory directory) {
    this.ports = ports;
    this.config = config;
    this.directory = directory;
  }

  @Override
  public void format(IndexPlace place, Geometry geometry, int maxResources) throws LeaseException {
    IndexWork work = new IndexWork(config, ports.clock());
    run(place, Optional.empty(), true, file -> work.format(file, geometry, maxResources));
  }

  @Override
  public long create(IndexPlace place, Name resource, long numHosts) throws LeaseException {
    IndexWork work = new IndexWork(config, ports.clock());
    long[] offset = new long[1];
    runLeased(
        place,
        member(place, false),
        file -> offset[0] = work.create(file, withoutResidue(resource), numHosts));
    return offset[0];
  }

  @Override
  public void delete(IndexPlace place, Name resource) throws LeaseException {
    IndexWork work = new IndexWork(config, ports.clock());
    runLeased(place, member(place, false), file -> work.delete(file, resource));
  }

  @Override
  public void check(IndexPlace place, boolean alone) throws LeaseException {
    run(place, member(place, alone), false, IndexFile::readHeader);
  }

  @Override
  public IndexEntry find(IndexPlace place, Name resource, boolean alone) throws LeaseException {
    return look(place, alone, file -> IndexWork.find(file.load().index(), resource));
  }

  @Override
  public IndexEntry at(IndexPlace place, long offset, boolean alone) throws LeaseException {
    return look(place, alone, file -> IndexWork.at(file.load().index(), offset));
  }

  @Override
  public IndexEntry firstFree(IndexPlace place, boolean alone) throws LeaseException {
    return look(place, alone, file -> IndexWork.firstFree(file.load().index()));
  }

  @Override
  public void put(IndexPlace place, IndexEntry entry, boolean alone) throws LeaseException {
    IndexEntry clean = new IndexEntry(withoutResidue(entry.name()), entry.offset());
    run(place, member(place, alone), true, file -> IndexWork.put(file, clean));
  }

  @Override
  public void rebuild(IndexPlace place, boolean alone) throws LeaseException {
    Optional<MemberLockspace> member = member(place, alone);
    if (member.isPresent()) {
      runLeased(place, member, IndexWork::rebuild);
    } else {
      run(place, member, true, IndexWork::rebuild);
    }
  }

  @Override
  public boolean busy(Name lockspace) {
    synchronized (lock) {
      return running.containsKey(withoutResidue(lockspace));
    }
  }

  /** Whether an operation works in this lockspace: its lease is not to be left meanwhile. */
  public boolean inUse(MemberLockspace lockspace) {
    synchronized (lock) {
      return running.values().stream().anyMatch(op -> op.worksIn(lockspace));
    }
  }

  /** Whether a write of an operation in this lockspace has missed its deadline and may land. */
  public boolean writesInFlight(MemberLockspace lockspace) {
    synchronized (lock) {
      return running.values().stream().anyMatch(op -> op.writesInFlight(lockspace));
    }
  }

  @Override
  public Geometry defaultGeometry(String path) throws LeaseException {
    try (BlockStore store = open(path, true)) {
      return store.blockDevice() && store.ioUnit() == Geometry.SECTOR_4K_8M.sectorSize()
          ? Geometry.SECTOR_4K_8M
          : Geometry.SECTOR_512;
    }
  }

  // ---- one operation ----

  /** What an operation does with the open index. */
  private interface Work {
    void with(IndexFile file) throws LeaseException;
  }

  /** What a lookup finds in the open index. */
  private interface Look {
    IndexEntry in(IndexFile file) throws LeaseException;
  }

  private IndexEntry look(IndexPlace place, boolean alone, Look look) throws LeaseException {
    IndexEntry[] found = new IndexEntry[1];
    run(place, member(place, alone), false, file -> found[0] = look.in(file));
    return found[0];
  }

  /** Runs an operation that has the private lease meanwhile. */
  private void runLeased(IndexPlace place, Optional<MemberLockspace> member, Work work)
      throws LeaseException {
    MemberLockspace lockspace = member.orElseThrow(() -> notJoined(place));
    IndexOperation operation = begin(place, member);
    runBegun(
        place,
        operation,
        member,
        true,
        file -> {
          Geometry geometry = file.readHeader().geometry();
          try (IndexLease _ = IndexLease.take(file, geometry, lockspace, ports, operation)) {
            work.with(file);
          }
        });
  }

  private void run(IndexPlace place, Optional<MemberLockspace> member, boolean writing, Work work)
      throws LeaseException {
    runBegun(place, begin(place, member), member, writing, work);
  }

  private void runBegun(
      IndexPlace place,
      IndexOperation operation,
      Optional<MemberLockspace> member,
      boolean writing,
      Work work)
      throws LeaseException {
    try {
      BlockStore store = open(place.path(), writing);
      operation.opened(store);
      Duration timeout = member.map(m -> m.timing().io()).orElse(ioTimeout());
      ValidityCheck validity = member.<ValidityCheck>map(m -> m).orElse(ValidityCheck.NONE);
      work.with(new IndexFile(store, place, timeout, validity));
    } finally {
      operation.answered();
      finish(place, operation);
    }
  }

  private Optional<MemberLockspace> member(IndexPlace place, boolean alone) throws LeaseException {
    if (alone) {
      return Optional.empty();
    }
    MemberLockspace member =
        directory.joined(place.lockspace()).orElseThrow(() -> notJoined(place));
    member.ensureValid();
    return Optional.of(member);
  }

  private static LeaseException notJoined(IndexPlace place) {
    return new LeaseException(
        ErrorCode.ENOENT, "lockspace " + place.lockspace() + " is not joined");
  }

  private IndexOperation begin(IndexPlace place, Optional<MemberLockspace> member)
      throws LeaseException {
    IndexOperation operation = new IndexOperation(member);
    synchronized (lock) {
      if (running.putIfAbsent(withoutResidue(place.lockspace()), operation) != null) {
        throw new LeaseException(
            ErrorCode.EBUSY,
            "another operation on a resource index of " + place.lockspace() + " is running");
      }
    }
    return operation;
  }

  private void finish(IndexPlace place, IndexOperation operation) {
    if (operation.clean()) {
      end(place, operation);
    } else {
      ports.tasks().start("index of " + place.lockspace(), () -> settle(place, operation));
    }
  }

  /** Goes on until nothing of the operation can reach the disk any more (3.5, 3.6). */
  private void settle(IndexPlace place, IndexOperation operation) {
    Duration pause = ioTimeout();
    while (!operation.clean()) {
      operation.store().ifPresent(store -> store.awaitWritesSettled(LONG));
      operation.pending().filter(release -> !release.settled()).ifPresent(r -> r.attempt());
      if (!operation.clean()) {
        ports.tasks().sleep(pause);
        pause = ioTimeout().multipliedBy(2);
      }
    }
    end(place, operation);
  }

  private void end(IndexPlace place, IndexOperation operation) {
    operation.store().ifPresent(BlockStore::close);
    synchronized (lock) {
      running.remove(withoutResidue(place.lockspace()), operation);
    }
  }

  private BlockStore open(String path, boolean writing) throws LeaseException {
    Storage storage = ports.storage();
    try {
      return writing ? storage.open(path, ioTimeout()) : storage.openReadOnly(path, ioTimeout());
    } catch (StorageException e) {
      throw e.toLeaseException();
    }
  }

  private Duration ioTimeout() {
    return Duration.ofSeconds(config.ioTimeout());
  }

  private static Name withoutResidue(Name name) {
    return Name.ofBytes(Arrays.copyOf(name.bytes(), name.length()));
  }
}
