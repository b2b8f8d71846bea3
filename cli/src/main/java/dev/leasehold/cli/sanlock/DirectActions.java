// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import dev.leasehold.cli.Failure;
import dev.leasehold.cli.HostPorts;
import dev.leasehold.cli.area.AreaReader;
import dev.leasehold.engine.EngineConfig;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.engine.LockspaceFormat;
import dev.leasehold.engine.resource.DiskLocation;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.WireLockspace;
import dev.leasehold.sanlock.wire.WireResource;
import java.io.PrintStream;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;

/**
 * {@code sanlock direct ACTION}: on the storage itself, beside any daemon (docs/spec/wire.md 7.5).
 */
final class DirectActions {
  private static final int EINVAL = -22;
  private static final int EPERM = -1;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final Line line;
  private final PrintStream out;

  private DirectActions(Line line, PrintStream out) {
    this.line = line;
    this.out = out;
  }

  static int run(Line line, PrintStream out) {
    DirectActions actions = new DirectActions(line, out);
    int result =
        switch (line.action()) {
          case "init", "write" -> actions.done("init", actions.init());
          case "read_leader" -> actions.readLeader();
          case "write_leader" -> new WriteLeader(line, out).run();
          case "dump" -> line.target().map(actions::look).map(DirectLook::dump).orElse(1);
          case "next_free" -> line.target().map(actions::look).map(DirectLook::nextFree).orElse(1);
          case "acquire_id" -> actions.done("acquire_id", new DirectHostId(line).acquire());
          // So spelled by the original.
          case "renew_id" -> actions.done("rewew_id", new DirectHostId(line).renew());
          case "release_id" -> actions.done("release_id", new DirectHostId(line).release());
          case "acquire" -> actions.done("acquire", actions.acquire());
          case "release" -> actions.done("release", actions.release());
          default -> new DirectIndex(line, engine().resourceIndexes(), out).act();
        };
    return result == 0 ? 0 : 1;
  }

  private int done(String what, int result) {
    out.println(what + " done " + result);
    return result;
  }

  private DirectLook look(String target) {
    return new DirectLook(line, target, out);
  }

  private int acquire() {
    return Arguments.resource(line)
        .map(wire -> new DirectLease(line, wire).acquire())
        .orElse(EINVAL);
  }

  private int release() {
    return Arguments.resource(line)
        .map(
            wire ->
                new DirectLease(line, wire)
                    .release(asked -> engine().readResource(location(asked))))
        .orElse(EINVAL);
  }

  private static LeaseManager engine() {
    return HostPorts.engine(EngineConfig.of(Name.of("direct")));
  }

  private int init() {
    boolean lockspace = Arguments.hasLockspacePath(line);
    if (!lockspace
        && (line.resources().isEmpty() || line.resources().getFirst().disks().isEmpty())) {
      return EINVAL;
    }
    int bits = Arguments.sizeBits(line);
    if (bits != 0 && line.sizes().isEmpty()) {
      return EPERM; // one size without the other
    }
    try {
      LeaseManager engine = engine();
      String path =
          lockspace
              ? Arguments.lockspace(line).disk().path().toString()
              : line.resources().getFirst().disks().getFirst().path().toString();
      Geometry geometry =
          line.sizes().isPresent()
              ? line.sizes().get()
              : engine.resourceIndexes().defaultGeometry(path);
      if (lockspace) {
        WireLockspace wire = Arguments.lockspace(line);
        engine.formatLockspace(
            new LockspaceFormat(
                wire.name(), path, wire.disk().offset(), geometry, line.number('o', 0)));
      } else {
        engine.writeResource(
            location(line.resources().getFirst()), geometry, line.number('n', 0), line.has('z'));
      }
      return 0;
    } catch (LeaseException e) {
      boolean missing = lockspace && e.code() == ErrorCode.ENOENT;
      return missing ? ErrorCode.ENODEV.number() : e.code().number();
    }
  }

  private static ResourceLocation location(WireResource wire) {
    return new ResourceLocation(
        new ResourceId(wire.lockspace(), wire.name()),
        wire.disks().stream()
            .map(disk -> new DiskLocation(disk.path().toString(), disk.offset()))
            .toList());
  }

  private int readLeader() {
    boolean lockspace = Arguments.hasLockspacePath(line);
    if (!lockspace
        && (line.resources().isEmpty() || line.resources().getFirst().disks().isEmpty())) {
      return done("read_leader", EINVAL);
    }
    WireLockspace wire = Arguments.lockspace(line);
    if (lockspace && wire.hostId() < 1) {
      return done("read_leader", EINVAL);
    }
    int result = lockspace ? checkedHost(wire) : checked(line.resources().getFirst());
    done("read_leader", result);
    leader(lockspace, wire).ifPresent(leader -> LeaderText.print(leader, lockspace, out));
    return result;
  }

  /** Where not even the sizes of a lockspace can be read, the original says -1. */
  private int checkedHost(WireLockspace wire) {
    int result = checked(wire);
    if (result != ErrorCode.LEADER_MAGIC.number()) {
      return result;
    }
    try (DirectDisk disk = DirectDisk.openReadOnly(wire.disk().path().toString(), line)) {
      boolean sized =
          disk.leaderAt(wire.disk().offset())
              .flatMap(first -> DirectDisk.ofSectors(first.sectorSize()))
              .isPresent();
      return sized ? result : EPERM;
    } catch (LeaseException e) {
      return e.code().number();
    }
  }

  private static int checked(WireLockspace wire) {
    try {
      Optional<Name> name = wire.name().isEmpty() ? Optional.empty() : Optional.of(wire.name());
      engine()
          .readLockspace(wire.disk().path().toString(), wire.disk().offset(), wire.hostId(), name);
      return 0;
    } catch (LeaseException e) {
      return e.code().number();
    }
  }

  private static int checked(WireResource wire) {
    try {
      engine().readResource(location(wire));
      return 0;
    } catch (LeaseException e) {
      return e.code().number();
    }
  }

  /** What stands there, whatever it is worth; nothing if it cannot be read. */
  private Optional<LeaderRecord> leader(boolean lockspace, WireLockspace wire) {
    String path =
        lockspace
            ? wire.disk().path().toString()
            : line.resources().getFirst().disks().getFirst().path().toString();
    long offset =
        lockspace ? wire.disk().offset() : line.resources().getFirst().disks().getFirst().offset();
    try (AreaReader reader = AreaReader.open(HostPorts.storage(), path, TIMEOUT)) {
      int sector = line.sectorSize() == 0 ? reader.ioUnit() : line.sectorSize();
      long place = lockspace ? offset + (wire.hostId() - 1) * sector : offset;
      Optional<MemorySegment> bytes = reader.read(place, sector);
      return bytes.map(segment -> LeaderRecord.decode(segment, 0));
    } catch (Failure e) {
      return Optional.empty();
    }
  }
}
