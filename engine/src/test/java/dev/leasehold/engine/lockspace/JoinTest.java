// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import static dev.leasehold.engine.lockspace.TestHost.codeOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.LockspaceState;
import dev.leasehold.engine.LockspaceView;
import dev.leasehold.engine.port.Tasks.Task;
import dev.leasehold.engine.resource.fake.Fault;
import dev.leasehold.engine.resource.fake.Op;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.Name;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Adding, inquiring, removing: docs/spec/algorithms.md 4.2. */
class JoinTest {

  private static final JoinOptions N1 = JoinOptions.DEFAULT.withIoTimeout(1);

  @Test
  void joinsAFreeHostIdAfterTwoIoTimeouts() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          long start = lab.time.bootNanos();
          LockspaceView view = host.join(3, 10);
          assertThat(lab.since(start)).isCloseTo(20.0, within(0.001));
          assertThat(view.state()).isEqualTo(LockspaceState.JOINED);
          assertThat(view.generation()).isEqualTo(1);
          assertThat(view.dead()).isFalse();
          LeaderRecord record = lab.record(3);
          assertThat(record.ownerId()).isEqualTo(3);
          assertThat(record.resourceName().sameName(Name.of("a"))).isTrue();
          assertThat(record.ioTimeout()).isEqualTo(10);
          assertThat(view.lastSuccess()).isEqualTo(record.timestamp());
          // The lease runs from before the write, not from the end of the join.
          assertThat(view.remaining().toMillis()).isCloseTo(60_000, within(1L));
        });
  }

  @Test
  void armsTheWatchdogWithTheTimestampOnDiskBeforeItIsJoined() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          host.join(3, 10);
          long ts = lab.record(3).timestamp();
          assertThat(host.watchdog.log)
              .containsExactly("open sanlock_LS:3", "live " + ts + " " + (ts + 80));
          assertThat(host.heard).extracting(TestHost.Heard::what).contains("joined " + Lab.spec(3));
        });
  }

  @Test
  void refusesBadArguments() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          List<LockspaceSpec> bad =
              List.of(
                  new LockspaceSpec(Name.EMPTY, 1, Lab.PATH, 0),
                  new LockspaceSpec(Lab.NAME, 0, Lab.PATH, 0),
                  new LockspaceSpec(Lab.NAME, 1, "", 0),
                  new LockspaceSpec(Lab.NAME, 1, Lab.PATH, -512));
          for (LockspaceSpec spec : bad) {
            assertThat(codeOf(() -> host.lockspaces.addLockspace(spec, N1)))
                .as("%s", spec)
                .isEqualTo(ErrorCode.EINVAL);
          }
          assertThat(host.lockspaces.lockspaces()).isEmpty();
          assertThat(lab.storage.log()).isEmpty();
        });
  }

  @Test
  void tellsApartWhatIsThereAlready() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          host.lockspaces.startAddLockspace(Lab.spec(1), N1);
          assertThat(codeOf(() -> host.lockspaces.addLockspace(Lab.spec(1), N1)))
              .isEqualTo(ErrorCode.EINPROGRESS);
          host.lockspaces.awaitLockspace(Lab.spec(1), Duration.ofSeconds(10));
          assertThat(codeOf(() -> host.lockspaces.addLockspace(Lab.spec(1), N1)))
              .isEqualTo(ErrorCode.EEXIST);
          List<LockspaceSpec> conflicts =
              List.of(
                  Lab.spec(2),
                  new LockspaceSpec(Lab.NAME, 1, "/elsewhere", 0),
                  new LockspaceSpec(Lab.NAME, 1, Lab.PATH, 1 << 20),
                  new LockspaceSpec(Name.of("other"), 1, Lab.PATH, 0));
          for (LockspaceSpec spec : conflicts) {
            assertThat(codeOf(() -> host.lockspaces.addLockspace(spec, N1)))
                .as("%s", spec)
                .isEqualTo(ErrorCode.EINVAL);
          }
          // A release that hangs keeps it on the removing list.
          lab.storage.always(Lab.writes("a"), Fault.VANISH);
          host.lockspaces.startRemoveLockspace(Lab.spec(1), false);
          lab.sleep(0.3);
          assertThat(host.lockspaces.lockspaces().getFirst().state())
              .isEqualTo(LockspaceState.REMOVING);
          assertThat(codeOf(() -> host.lockspaces.addLockspace(Lab.spec(1), N1)))
              .isEqualTo(ErrorCode.EAGAIN);
          assertThat(codeOf(() -> host.lockspaces.removeLockspace(Lab.spec(1), false)))
              .isEqualTo(ErrorCode.EINPROGRESS);
          assertThat(codeOf(() -> host.lockspaces.inquireLockspace(Lab.spec(1))))
              .isEqualTo(ErrorCode.EINPROGRESS);
        });
  }

  @Test
  void refusesWhatIsNotALockspaceToJoin() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          lab.storage.create("/zero", new byte[1 << 20]);
          lab.storage.create("/short", new byte[512]);
          lab.storage.create("/other", Lab.area(Name.of("other"), 10));
          assertThat(codeOf(() -> add(host, "/missing", 1))).isEqualTo(ErrorCode.ENODEV);
          assertThat(codeOf(() -> add(host, "/zero", 1))).isEqualTo(ErrorCode.LEADER_MAGIC);
          assertThat(codeOf(() -> add(host, "/short", 1))).isEqualTo(ErrorCode.EMSGSIZE);
          assertThat(codeOf(() -> add(host, "/other", 1))).isEqualTo(ErrorCode.LEADER_LOCKSPACE);
          assertThat(codeOf(() -> add(host, Lab.PATH, 2001)))
              .isEqualTo(ErrorCode.ADDLS_INVALID_HOSTID);
          assertThat(codeOf(() -> add(host, Lab.PATH, -1)))
              .isEqualTo(ErrorCode.ADDLS_INVALID_HOSTID);
          lab.overwrite(1, record -> record.toBuilder().version(0x00040000).build());
          assertThat(codeOf(() -> add(host, Lab.PATH, 1))).isEqualTo(ErrorCode.LEADER_VERSION);
          assertThat(host.lockspaces.lockspaces()).isEmpty();
          assertThat(lab.storage.openStores()).isZero();
          assertThat(lab.storage.count(Lab.writes("a"))).isZero();
        });
  }

  private static void add(TestHost host, String path, long hostId)
      throws dev.leasehold.ondisk.LeaseException {
    host.lockspaces.addLockspace(new LockspaceSpec(Lab.NAME, hostId, path, 0), N1);
  }

  @Test
  void failsWithTheCodeOfTheIoThatFailed() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          lab.storage.once(Lab.writes("a"), Fault.EIO);
          assertThat(codeOf(() -> host.join(1, 1))).isEqualTo(ErrorCode.EIO);
          lab.storage.once(Lab.writes("a"), Fault.VANISH);
          assertThat(codeOf(() -> host.join(1, 1))).isEqualTo(ErrorCode.AIO_TIMEOUT);
          // The write may still land: nobody joins here before it has ended.
          assertThat(codeOf(() -> host.join(1, 1))).isEqualTo(ErrorCode.EAGAIN);
          assertThat(codeOf(() -> host.join(2, 1))).isEqualTo(ErrorCode.EINVAL);
          lab.sleep(1000);
          assertThat(codeOf(() -> host.join(1, 1))).isEqualTo(ErrorCode.EAGAIN);
          lab.storage.unhang();
          lab.sleep(1);
          lab.storage.once(op -> op.kind() == Op.Kind.OPEN, Fault.HANG);
          assertThat(codeOf(() -> host.join(1, 1))).isEqualTo(ErrorCode.ENODEV);
          assertThat(host.lockspaces.lockspaces()).isEmpty();
        });
  }

  @Test
  void withoutAWatchdogNothingIsWritten() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          host.watchdog.refuseOpen = true;
          assertThat(codeOf(() -> host.join(1, 1))).isEqualTo(ErrorCode.WD_ERROR);
          assertThat(lab.storage.count(Lab.writes("a"))).isZero();
        });
  }

  @Test
  void aWatchdogThatCannotBeArmedUndoesTheJoin() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          host.watchdog.refuseLive = true;
          assertThat(codeOf(() -> host.join(1, 1))).isEqualTo(ErrorCode.WD_ERROR);
          assertThat(lab.record(1).isFree()).isTrue();
          assertThat(lab.record(1).ownerGeneration()).isEqualTo(1);
          assertThat(host.watchdog.log).containsExactly("open sanlock_LS:1", "clear", "close");
          assertThat(host.lockspaces.lockspaces()).isEmpty();
          assertThat(lab.storage.openStores()).isZero();
        });
  }

  @Test
  void aRemovalCallsTheJoinOff() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          List<ErrorCode> result = new ArrayList<>();
          Task join = lab.time.start("join", () -> result.add(codeOf(() -> host.join(1, 10))));
          lab.sleep(5);
          long start = lab.time.bootNanos();
          host.lockspaces.removeLockspace(Lab.spec(1), false);
          assertThat(lab.since(start)).isLessThan(0.01);
          assertThat(join.join(Duration.ofSeconds(1))).isTrue();
          assertThat(result).containsExactly(ErrorCode.ERROR);
          assertThat(host.lockspaces.lockspaces()).isEmpty();
          assertThat(host.watchdog.log).containsExactly("open sanlock_LS:1", "close");
          assertThat(host.heard("joined")).isEmpty();
        });
  }

  @Test
  void aRemovalThatMeetsTheEndOfTheJoinUndoesIt() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          List<ErrorCode> result = new ArrayList<>();
          Task join = lab.time.start("join", () -> result.add(codeOf(() -> host.join(1, 1))));
          // The read-back of the join is its last transfer: the removal comes in just then.
          lab.sleep(1);
          lab.storage.before(
              op -> op.kind() == Op.Kind.READ && op.length() == 512,
              () ->
                  host.table
                      .find(Lab.NAME)
                      .orElseThrow()
                      .leave(dev.leasehold.engine.LossReason.REMOVED));
          assertThat(join.join(Duration.ofSeconds(5))).isTrue();
          assertThat(result.getFirst()).isIn(ErrorCode.EPERM, ErrorCode.ERROR);
          assertThat(host.lockspaces.lockspaces()).isEmpty();
          assertThat(host.watchdog.log).last().isEqualTo("close");
          assertThat(lab.storage.openStores()).isZero();
        });
  }

  @Test
  void aHostIdInUseIsFoundOutEarly() {
    Lab.run(
        lab -> {
          lab.host("b").join(1, 1);
          TestHost host = lab.host("a");
          long start = lab.time.bootNanos();
          assertThat(codeOf(() -> host.join(1, 1))).isEqualTo(ErrorCode.HOSTID_BUSY);
          assertThat(lab.since(start)).isBetween(1.0, 7.0);
          assertThat(lab.storage.count(Lab.writes("a"))).isZero();
        });
  }

  @Test
  void aDeadHostIsTakenOverOnlyAfterItIsProvablyGone() {
    Lab.run(
        lab -> {
          lab.overwrite(1, record -> record.deltaAcquired(1, Name.of("dead"), 77, 1));
          TestHost host = lab.host("a");
          long start = lab.time.bootNanos();
          assertThat(host.join(1, 1).generation()).isEqualTo(2);
          assertThat(lab.since(start)).isBetween(68.0 + 2.0, 68.0 + 2.0 + 5.0);
        });
  }

  @Test
  void ourOwnNameIsTakenAtOnceOnlyIfItsLastUserIsVouchedToBeGone() {
    Lab.run(
        lab -> {
          lab.overwrite(1, record -> record.deltaAcquired(1, Name.of("a"), 77, 1));
          lab.overwrite(2, record -> record.deltaAcquired(2, Name.of("a"), 77, 1));
          TestHost host = lab.host("a");
          long start = lab.time.bootNanos();
          host.join(1, N1.withPreviousInstanceGone());
          assertThat(lab.since(start)).isLessThan(2.1);
          host.lockspaces.removeLockspace(Lab.spec(1), false);
          start = lab.time.bootNanos();
          host.join(2, N1);
          assertThat(lab.since(start)).isGreaterThan(68);
        });
  }

  @Test
  void aRecordOfOurNameFromBeforeARebootIsTakenSoonOnlyIfTheNameIsDeclaredUnique() {
    Lab.run(
        lab -> {
          long future = lab.time.monotonicSeconds() + 1_000_000;
          lab.overwrite(1, record -> record.deltaAcquired(1, Name.of("a"), future, 1));
          lab.overwrite(2, record -> record.deltaAcquired(2, Name.of("b"), future, 1));
          long start = lab.time.bootNanos();
          lab.hostOfUniqueName("a").join(1, 1);
          assertThat(lab.since(start)).isLessThan(15);
          start = lab.time.bootNanos();
          lab.host("b").join(2, 1);
          assertThat(lab.since(start)).isGreaterThan(68);
        });
  }

  @Test
  void inquireMatchesNameAndPlaceAndAnyHostIdForZero() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          host.lockspaces.startAddLockspace(Lab.spec(7), N1);
          assertThat(codeOf(() -> host.lockspaces.inquireLockspace(Lab.spec(7))))
              .isEqualTo(ErrorCode.EINPROGRESS);
          assertThat(
                  codeOf(() -> host.lockspaces.awaitLockspace(Lab.spec(0), Duration.ofSeconds(1))))
              .isEqualTo(ErrorCode.EINPROGRESS);
          assertThat(host.lockspaces.awaitLockspace(Lab.spec(0), Duration.ofSeconds(9)).spec())
              .isEqualTo(Lab.spec(7));
          assertThat(codeOf(() -> host.lockspaces.inquireLockspace(Lab.spec(8))))
              .isEqualTo(ErrorCode.ENOENT);
          LockspaceSpec moved = new LockspaceSpec(Lab.NAME, 7, Lab.PATH, 512);
          assertThat(codeOf(() -> host.lockspaces.inquireLockspace(moved)))
              .isEqualTo(ErrorCode.ENOENT);
        });
  }

  @Test
  void aFailedStartIsFoundOutByInquiring() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          LockspaceSpec missing = new LockspaceSpec(Lab.NAME, 1, "/missing", 0);
          host.lockspaces.startAddLockspace(missing, N1);
          assertThat(codeOf(() -> host.lockspaces.awaitLockspace(missing, Duration.ofSeconds(9))))
              .isEqualTo(ErrorCode.ENOENT);
        });
  }

  @Test
  void removalFreesTheHostIdAndLeavesNothing() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          host.join(1, 1);
          long start = lab.time.bootNanos();
          host.lockspaces.removeLockspace(Lab.spec(0), false);
          assertThat(lab.since(start)).isLessThan(0.5);
          assertThat(lab.record(1).isFree()).isTrue();
          assertThat(host.lockspaces.lockspaces()).isEmpty();
          assertThat(lab.storage.openStores()).isZero();
          assertThat(host.watchdog.log.subList(2, host.watchdog.log.size()))
              .containsExactly("clear", "close");
          assertThat(host.holders.calls).containsExactly("dead LS true", "gone LS");
          assertThat(host.heard("lost"))
              .extracting(TestHost.Heard::what)
              .containsExactly("lost REMOVED");
          assertThat(host.heard("gone")).hasSize(1);
          host.join(1, 1);
          assertThat(lab.record(1).ownerGeneration()).isEqualTo(2);
        });
  }

  @Test
  void removalOfWhatIsUsedOrUnknownIsRefused() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          assertThat(codeOf(() -> host.lockspaces.removeLockspace(Lab.spec(1), false)))
              .isEqualTo(ErrorCode.ENOENT);
          host.join(1, 1);
          host.holders.namesUsed = true;
          assertThat(codeOf(() -> host.lockspaces.removeLockspace(Lab.spec(1), true)))
              .isEqualTo(ErrorCode.EBUSY);
          assertThat(codeOf(() -> host.lockspaces.removeLockspace(Lab.spec(2), false)))
              .isEqualTo(ErrorCode.ENOENT);
          assertThat(host.lockspaces.lockspace(Lab.NAME).orElseThrow().dead()).isFalse();
          host.holders.namesUsed = false;
          host.lockspaces.removeLockspace(Lab.spec(1), true);
          assertThat(host.lockspaces.lockspaces()).isEmpty();
        });
  }

  @Test
  void theHostIdIsKeptWhileAWriteToALeaseMayStillLand() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          host.join(1, 1);
          host.holders.writesInFlight = true;
          host.lockspaces.removeLockspace(Lab.spec(1), false);
          assertThat(lab.record(1).isFree()).isFalse();
          assertThat(host.heard("note the host id")).hasSize(1);
        });
  }

  @Test
  void listsJoinedThenRemovingThenAddingTheMostRecentFirst() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          for (String name : List.of("J1", "J2", "R1", "A1", "A2")) {
            lab.storage.create("/" + name, Lab.area(Name.of(name), 1));
          }
          for (String name : List.of("J1", "J2", "R1")) {
            host.lockspaces.addLockspace(LockspaceSpec.of(name, 1, "/" + name), N1);
          }
          lab.storage.always(
              op -> op.kind() == Op.Kind.WRITE && op.path().equals("/R1"), Fault.VANISH);
          host.lockspaces.startRemoveLockspace(LockspaceSpec.of("R1", 1, "/R1"), false);
          lab.sleep(0.3);
          host.lockspaces.startAddLockspace(LockspaceSpec.of("A1", 1, "/A1"), N1);
          host.lockspaces.startAddLockspace(LockspaceSpec.of("A2", 1, "/A2"), N1);
          assertThat(host.lockspaces.lockspaces())
              .extracting(view -> view.spec().name() + " " + view.state())
              .containsExactly("J2 JOINED", "J1 JOINED", "R1 REMOVING", "A2 ADDING", "A1 ADDING");
        });
  }
}
