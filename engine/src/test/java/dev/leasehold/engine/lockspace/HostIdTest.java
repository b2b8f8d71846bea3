// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.lockspace;

import static dev.leasehold.engine.lockspace.TestHost.codeOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.AutoHostId;
import dev.leasehold.engine.JoinOptions;
import dev.leasehold.engine.LockspaceView;
import dev.leasehold.engine.port.Tasks.Task;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Host ids by themselves. */
class HostIdTest {

  private static final JoinOptions N1 = JoinOptions.DEFAULT.withIoTimeout(1);

  private static long join(TestHost host, AutoHostId choice) throws LeaseException {
    LockspaceView view = host.lockspaces.addLockspace(Lab.NAME, Lab.PATH, 0, choice, N1);
    return view.spec().hostId();
  }

  private static AutoHostId upTo(long highest) {
    return new AutoHostId(OptionalLong.empty(), OptionalLong.of(highest));
  }

  @Test
  void takesTheLowestFreeOne() {
    Lab.run(
        lab -> {
          lab.host("b").join(1, 1);
          lab.host("c").join(3, 1);
          assertThat(join(lab.host("a"), AutoHostId.ANY)).isEqualTo(2);
          assertThat(join(lab.host("d"), AutoHostId.ANY)).isEqualTo(4);
        });
  }

  @Test
  void takesTheOneItHadIfThatIsFree() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          assertThat(join(host, AutoHostId.preferring(17))).isEqualTo(17);
          assertThat(join(lab.host("b"), AutoHostId.preferring(17))).isEqualTo(1);
          assertThat(join(lab.host("c"), AutoHostId.preferring(5000))).isEqualTo(2);
        });
  }

  @Test
  void takesItsOwnRecordAgainOnlyIfItsLastUserIsVouchedToBeGone() {
    Lab.run(
        lab -> {
          lab.overwrite(9, record -> record.deltaAcquired(9, Name.of("a"), 5, 1));
          TestHost host = lab.host("a");
          long start = lab.time.bootNanos();
          LockspaceView view =
              host.lockspaces.addLockspace(
                  Lab.NAME, Lab.PATH, 0, AutoHostId.preferring(9), N1.withPreviousInstanceGone());
          assertThat(view.spec().hostId()).isEqualTo(9);
          assertThat(view.generation()).isEqualTo(2);
          assertThat(lab.since(start)).isLessThan(3);
          host.lockspaces.removeLockspace(Lab.spec(9), false);
          lab.overwrite(9, record -> record.deltaAcquired(9, Name.of("a"), 5, 1));
          assertThat(join(host, AutoHostId.preferring(9))).isEqualTo(1);
        });
  }

  @Test
  void hostsThatStartTogetherEndWithDifferentIds() {
    for (long seed = 1; seed <= 20; seed++) {
      Lab.run(
          seed,
          lab -> {
            List<Long> ids = new ArrayList<>();
            List<Task> joins = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
              TestHost host = lab.host("host" + i);
              joins.add(
                  lab.time.start(
                      "join " + i,
                      () -> {
                        try {
                          ids.add(join(host, AutoHostId.ANY));
                        } catch (LeaseException e) {
                          throw new AssertionError(e);
                        }
                      }));
            }
            long start = lab.time.bootNanos();
            for (Task join : joins) {
              assertThat(join.join(Duration.ofMinutes(5))).isTrue();
            }
            assertThat(ids).hasSize(8).doesNotHaveDuplicates();
            assertThat(lab.since(start)).isLessThan(40);
            for (long id : ids) {
              assertThat(lab.record(id).isFree()).isFalse();
            }
          });
    }
  }

  @Test
  void saysSoWhenEveryIdIsInUse() {
    Lab.run(
        lab -> {
          lab.host("b").join(1, 1);
          lab.host("c").join(2, 1);
          assertThat(codeOf(() -> join(lab.host("a"), upTo(2)))).isEqualTo(ErrorCode.HOSTID_BUSY);
          assertThat(join(lab.host("d"), upTo(3))).isEqualTo(3);
        });
  }

  @Test
  void takesOverALeftOverIdOnlyWhenNoneIsFreeAndItsOwnerIsProvablyGone() {
    Lab.run(
        lab -> {
          lab.host("b").join(1, 1);
          lab.overwrite(2, record -> record.deltaAcquired(2, Name.of("dead"), 5, 1));
          long start = lab.time.bootNanos();
          TestHost host = lab.host("a");
          assertThat(join(host, upTo(2))).isEqualTo(2);
          assertThat(lab.since(start)).isBetween(68.0, 80.0);
        });
  }

  @Test
  void aSearchCanBeCalledOffWhileItWaits() {
    Lab.run(
        lab -> {
          lab.host("b").join(1, 1);
          TestHost host = lab.host("a");
          List<ErrorCode> result = new ArrayList<>();
          Task join = lab.time.start("join", () -> result.add(codeOf(() -> join(host, upTo(1)))));
          lab.sleep(1);
          assertThat(codeOf(() -> join(host, upTo(1)))).isEqualTo(ErrorCode.EINPROGRESS);
          host.lockspaces.removeLockspace(Lab.spec(0), false);
          assertThat(join.join(Duration.ofMillis(10))).isTrue();
          assertThat(result).containsExactly(ErrorCode.ERROR);
          assertThat(codeOf(() -> host.lockspaces.removeLockspace(Lab.spec(0), false)))
              .isEqualTo(ErrorCode.ENOENT);
        });
  }

  @Test
  void doesNotTouchADamagedRecord() {
    Lab.run(
        lab -> {
          lab.storage.content(Lab.PATH)[40] = 7; // the generation, under the old checksum
          byte[] before = lab.storage.content(Lab.PATH).clone();
          assertThat(join(lab.host("a"), AutoHostId.ANY)).isEqualTo(2);
          assertThat(lab.storage.content(Lab.PATH)).startsWith(slice(before));
        });
  }

  private static byte[] slice(byte[] area) {
    return java.util.Arrays.copyOf(area, 512);
  }

  @Test
  void refusesWhatIsJoinedAlreadyAndWhatIsNoLockspace() {
    Lab.run(
        lab -> {
          TestHost host = lab.host("a");
          host.join(5, 1);
          assertThat(codeOf(() -> join(host, AutoHostId.ANY))).isEqualTo(ErrorCode.EEXIST);
          lab.storage.create("/zero", new byte[1 << 20]);
          assertThat(
                  codeOf(
                      () ->
                          host.lockspaces.addLockspace(
                              Name.of("Z"), "/zero", 0, AutoHostId.ANY, N1)))
              .isEqualTo(ErrorCode.LEADER_MAGIC);
          assertThat(
                  codeOf(
                      () ->
                          host.lockspaces.addLockspace(
                              Name.of("Z"), "/missing", 0, AutoHostId.ANY, N1)))
              .isEqualTo(ErrorCode.ENODEV);
        });
  }

  @Test
  void theWindowGrowsWithEveryLostRace() {
    HostIdChooser chooser = new HostIdChooser(AutoHostId.ANY, new java.util.SplittableRandom(4));
    List<HostIdChooser.Slot> slots =
        chooser.slots(
            java.lang.foreign.MemorySegment.ofArray(Lab.area(Lab.NAME, 1)),
            dev.leasehold.ondisk.Geometry.SECTOR_512,
            Lab.NAME,
            Name.of("a"),
            false);
    assertThat(slots).hasSize(2000);
    assertThat(chooser.next(slots)).hasValue(1);
    LongStream.rangeClosed(1, 4).forEach(chooser::busy);
    List<Long> drawn = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      drawn.add(chooser.next(slots).orElseThrow());
    }
    assertThat(drawn).contains(5L, 20L).allMatch(id -> id >= 5 && id <= 20);
  }
}
