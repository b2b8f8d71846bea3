// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import dev.leasehold.engine.LockspaceState;
import dev.leasehold.engine.LockspaceView;
import dev.leasehold.engine.RenewalRecord;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.sanlock.wire.WireState;
import java.util.List;
import java.util.stream.Stream;

/** The records of lockspaces (docs/spec/wire.md 4.21): joined, being added, being removed. */
final class LockspaceStates {
  private static final int SUCCESS = 1;

  private final Door door;
  private final List<LockspaceView> lockspaces;

  LockspaceStates(Door door, List<LockspaceView> lockspaces) {
    this.door = door;
    this.lockspaces = lockspaces;
  }

  List<WireState> list() {
    return Stream.of(LockspaceState.JOINED, LockspaceState.ADDING, LockspaceState.REMOVING)
        .flatMap(state -> lockspaces.stream().filter(view -> view.state() == state))
        .map(this::record)
        .toList();
  }

  private WireState record(LockspaceView view) {
    Words words = new Words();
    words
        .add("list", listOf(view.state()))
        .add("space_id", door.memory().number(view.spec()))
        .add("io_timeout", view.ioTimeout())
        .add("sector_size", view.geometry().map(Geometry::sectorSize).orElse(0))
        .add("align_size", view.geometry().map(Geometry::alignSize).orElse(0))
        .unsigned("host_generation", view.generation())
        .add("renew_fail", view.lastResult().isPresent())
        .add("space_dead", view.dead())
        .add("killing_pids", view.killing())
        .add("used_retries", 0)
        .add("external_used", view.used())
        .add("used_by_orphans", view.usedByOrphans())
        .add("renewal_read_extend_sec", readExtend(view))
        .add("set_max_sectors_kb", 0)
        .add("corrupt_result", view.corruptResult().map(ErrorCode::number).orElse(0));
    renewals(words, view);
    return WireState.of(
            WireState.LOCKSPACE, 0, view.spec().hostId(), view.spec().name(), words.toString())
        .with(LockspaceCommands.wire(view).withFlags(0));
  }

  private static String listOf(LockspaceState state) {
    return switch (state) {
      case JOINED -> "spaces";
      case ADDING -> "add";
      case REMOVING -> "rem";
    };
  }

  private int readExtend(LockspaceView view) {
    return door.manager().config().renewalReadExtend().orElse(view.ioTimeout());
  }

  private void renewals(Words words, LockspaceView view) {
    boolean added = view.state() != LockspaceState.ADDING;
    long joined = added ? joinedAt(view) : 0;
    words
        .add("acquire_last_result", added ? SUCCESS : 0)
        .add(
            "renewal_last_result",
            view.lastResult().map(ErrorCode::number).orElse(added ? SUCCESS : 0))
        .add("acquire_last_attempt", joined)
        .add("acquire_last_success", joined)
        .add("renewal_last_attempt", view.lastAttempt())
        .add("renewal_last_success", view.lastSuccess());
  }

  private long joinedAt(LockspaceView view) {
    return door.memory().joinedAt(view.spec()).orElseGet(() -> oldestRenewal(view));
  }

  /** The best there is for a lockspace that was joined before this door was opened. */
  private long oldestRenewal(LockspaceView view) {
    try {
      return door.manager().renewalHistory(view.spec().name()).stream()
          .mapToLong(RenewalRecord::timestamp)
          .findFirst()
          .orElse(0);
    } catch (LeaseException e) {
      return 0;
    }
  }
}
