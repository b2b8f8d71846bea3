// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.resource.fake.FakeStorage;
import dev.leasehold.engine.resource.fake.FakeTime;
import dev.leasehold.engine.resource.fake.Op;
import dev.leasehold.ondisk.AreaImages;
import dev.leasehold.ondisk.DeltaSector;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.Name;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** One shared disk with a formatted lockspace, and hosts, all in virtual time. */
final class Lab {

  static final String PATH = "/srv/lease/__LIBVIRT__DISKS__";
  static final Name NAME = Name.of("LS");
  static final long SECOND = 1_000_000_000L;

  /** What a test does as a task of the laboratory. */
  interface Body {
    void run(Lab lab) throws Exception;
  }

  final FakeTime time;
  final FakeStorage storage;
  private final List<TestHost> hosts = new ArrayList<>();

  private Lab(long seed) {
    time = new FakeTime(seed);
    storage = new FakeStorage(time);
    storage.latency(Duration.ZERO);
    storage.create(PATH, area(NAME, 1));
  }

  /** Runs a test; its schedule is drawn from the seed, which a failure names. */
  static void run(long seed, Body body) {
    Lab lab = new Lab(seed);
    try {
      lab.time.run(
          () -> {
            try {
              body.run(lab);
            } finally {
              lab.end();
            }
            return true;
          });
    } catch (Exception | AssertionError e) {
      throw new AssertionError("with seed " + seed + ": " + e.getMessage(), e);
    }
  }

  static void run(Body body) {
    run(1, body);
  }

  static byte[] area(Name name, int ioTimeout) {
    byte[] bytes = new byte[Geometry.SECTOR_512.alignSize()];
    AreaImages.lockspace(name, Geometry.SECTOR_512, ioTimeout)
        .writeTo(MemorySegment.ofArray(bytes), 0);
    return bytes;
  }

  TestHost host(String name) {
    return host(name, 40);
  }

  TestHost host(String name, int gracePeriod) {
    return added(new TestHost(this, name, gracePeriod));
  }

  /** A host whose name is declared to be unique to its machine. */
  TestHost hostOfUniqueName(String name) {
    EngineConfig config = EngineConfig.of(Name.of(name)).withHostNameUniqueToMachine();
    return added(new TestHost(this, name, config));
  }

  private TestHost added(TestHost host) {
    hosts.add(host);
    return host;
  }

  // Every test also shows that a lockspace can be left, whatever happened to it.
  private void end() {
    storage.heal();
    storage.unhang();
    hosts.forEach(TestHost::end);
  }

  static LockspaceSpec spec(long hostId) {
    return new LockspaceSpec(NAME, hostId, PATH, 0);
  }

  /** Boot-time seconds since {@code start}, of this laboratory. */
  double since(long start) {
    return (time.bootNanos() - start) / (double) SECOND;
  }

  void sleep(double seconds) {
    time.sleep(Duration.ofNanos(Math.round(seconds * SECOND)));
  }

  /** A host's record as it is on the disk. */
  LeaderRecord record(long hostId) {
    return sector(hostId).leader();
  }

  DeltaSector sector(long hostId) {
    return DeltaSector.decode(
        MemorySegment.ofArray(storage.content(PATH)), Geometry.SECTOR_512.deltaOffset(hostId));
  }

  /** Changes a host's record behind everybody's back. */
  void overwrite(long hostId, UnaryOperator<LeaderRecord> change) {
    MemorySegment bytes = MemorySegment.ofArray(storage.content(PATH));
    long at = Geometry.SECTOR_512.deltaOffset(hostId);
    DeltaSector before = DeltaSector.decode(bytes, at);
    new DeltaSector(change.apply(before.leader()), before.bitmap()).encode(bytes, at, 512);
  }

  static Predicate<Op> areaReads(String host) {
    return op -> op.kind() == Op.Kind.READ && op.length() > 4096 && (op.host().equals(host));
  }

  static Predicate<Op> writes(String host) {
    return op -> op.kind() == Op.Kind.WRITE && op.host().equals(host);
  }
}
