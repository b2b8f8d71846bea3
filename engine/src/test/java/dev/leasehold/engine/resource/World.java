// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.resource.fake.FakeStorage;
import dev.leasehold.engine.resource.fake.FakeTime;
import dev.leasehold.lease.Timing;
import dev.leasehold.ondisk.AreaImages;
import dev.leasehold.ondisk.BallotArea;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.HostSector;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.Name;
import dev.leasehold.ondisk.RequestRecord;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Some hosts that share storage and one lockspace, in virtual time. The lockspace is played: a test
 * says which hosts live.
 */
final class World {
  static final String LS = "LS";
  static final Timing TIMING = new Timing(10, 60);
  static final Geometry G = Geometry.SECTOR_512;

  final FakeTime time;
  final FakeStorage storage;
  final Map<Long, FakeDelta> deltas = new TreeMap<>();

  private World(long seed) {
    time = new FakeTime(seed);
    storage = new FakeStorage(time);
  }

  interface Body {
    void run(World world) throws Exception;
  }

  /** Runs a test under one schedule. */
  static void run(long seed, Body body) throws Exception {
    World world = new World(seed);
    try {
      world.time.run(
          () -> {
            body.run(world);
            return true;
          });
    } catch (AssertionError | Exception e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  static void run(Body body) throws Exception {
    run(1, body);
  }

  /** Under several schedules. */
  static void runSeeds(int seeds, Body body) throws Exception {
    for (int seed = 1; seed <= seeds; seed++) {
      run(seed, body);
    }
  }

  FakeHost host(long id) {
    return new FakeHost(this, id, 1);
  }

  FakeHost host(long id, long generation) {
    return new FakeHost(this, id, generation);
  }

  void pass(long seconds) {
    time.letPass(Duration.ofSeconds(seconds));
  }

  void passMillis(long millis) {
    time.letPass(Duration.ofMillis(millis));
  }

  // ---- lease files ----

  static String path(String resource) {
    return "/lease/" + resource;
  }

  static ResourceId id(String resource) {
    return ResourceId.of(LS, resource);
  }

  static ResourceLocation at(String resource) {
    return ResourceLocation.of(id(resource), DiskLocation.of(path(resource)));
  }

  /** Makes lease files that were never acquired. */
  void format(String... resources) {
    for (String resource : resources) {
      format(resource, G);
    }
  }

  void format(String resource, Geometry geometry) {
    byte[] bytes = new byte[geometry.alignSize()];
    AreaImages.resource(Name.of(LS), Name.of(resource), geometry, 0)
        .writeTo(MemorySegment.ofArray(bytes), 0);
    storage.create(path(resource), bytes);
  }

  LeaderRecord leader(String resource) {
    return LeaderRecord.decode(MemorySegment.ofArray(storage.content(path(resource))), 0);
  }

  HostSector sector(String resource, long hostId) {
    return new BallotArea(MemorySegment.ofArray(storage.content(path(resource))), G, G.maxHosts())
        .hostSector(hostId);
  }

  RequestRecord request(String resource) {
    return RequestRecord.decode(
        MemorySegment.ofArray(storage.content(path(resource))), G.requestOffset());
  }

  void assertOwner(String resource, FakeHost owner) {
    LeaderRecord leader = leader(resource);
    assertThat(leader.isFree()).as("%s is free", resource).isFalse();
    assertThat(leader.ownerId()).as("owner of %s", resource).isEqualTo(owner.id);
  }

  void assertFree(String... resources) {
    for (String resource : resources) {
      assertThat(leader(resource).isFree()).as("%s is free", resource).isTrue();
    }
  }
}
