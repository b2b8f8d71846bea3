// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.cli.area.LockspaceImage;
import dev.leasehold.cli.view.HostLine.State;
import dev.leasehold.cli.view.TopLook.Change;
import dev.leasehold.cli.view.TopLook.Kind;
import dev.leasehold.lease.Clock;
import dev.leasehold.ondisk.AreaImages;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.HostEvent;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.Name;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What changes from one look to the next. */
class TopWatchTest {
  private static final Name SPACE = Name.of("__LIBVIRT__DISKS__");
  private static final Instant NOW = Instant.parse("2026-11-22T10:21:07Z");

  private final MemorySegment area =
      MemorySegment.ofArray(new byte[Geometry.SECTOR_512.alignSize()]);
  private long seconds = 5000;
  private final Clock clock =
      new Clock() {
        @Override
        public long monotonicSeconds() {
          return seconds;
        }

        @Override
        public long bootNanos() {
          return Duration.ofSeconds(seconds).toNanos();
        }

        @Override
        public Instant wallTime() {
          return NOW;
        }
      };
  private final HostWatch hosts = new HostWatch(clock);
  private LeaderRecord record =
      LeaderRecord.freshDelta(SPACE, Geometry.SECTOR_512, 10)
          .deltaAcquired(7, Name.of("kvm7"), 100, 10);

  private HostLine look(OptionalLong own) {
    record.encode(area, Geometry.SECTOR_512.deltaOffset(7));
    LockspaceImage image = new LockspaceImage(area, Geometry.SECTOR_512);
    return hosts.look(image, List.of(), run -> false, own).getFirst();
  }

  @Test
  void aHostIsAliveOnceItWasSeenToRenewAndSilentIfItDoesNot() {
    AreaImages.lockspace(SPACE, Geometry.SECTOR_512, 10).writeTo(area, 0);
    assertThat(look(OptionalLong.empty()).state()).isEqualTo(State.UNKNOWN);
    seconds += 5;
    assertThat(look(OptionalLong.empty()).silence()).hasSeconds(5);
    seconds += 4;
    record = record.deltaRenewed(120, 10, HostEvent.NONE);
    HostLine renewed = look(OptionalLong.empty());
    assertThat(renewed.state()).isEqualTo(State.ALIVE);
    assertThat(renewed.age()).contains(Duration.ZERO);
    seconds += 22;
    assertThat(look(OptionalLong.empty()).state()).isEqualTo(State.ALIVE);
    seconds += 1;
    HostLine late = look(OptionalLong.empty());
    assertThat(late.state()).isEqualTo(State.SILENT);
    assertThat(late.age()).contains(Duration.ofSeconds(23));
    record = record.deltaReleased();
    assertThat(look(OptionalLong.empty()).state()).isEqualTo(State.LEFT);
  }

  @Test
  void ofThisMachinesDaemonTheFirstLookTellsTheAge() {
    AreaImages.lockspace(SPACE, Geometry.SECTOR_512, 10).writeTo(area, 0);
    seconds = 109;
    HostLine own = look(OptionalLong.of(7));
    assertThat(own.state()).isEqualTo(State.ALIVE);
    assertThat(own.age()).contains(Duration.ofSeconds(9));
  }

  private final Map<String, Long> holders = new HashMap<>();
  private final LeaseWatch leases = new LeaseWatch(3);

  private List<Change> looked(TreeSet<String> files) {
    return leases.look(
        List.copyOf(files), this::lease, holder -> Holding.of(holder, held(holder), NOW), NOW);
  }

  private Optional<HostLine> held(HolderLine holder) {
    return Optional.of(
        new HostLine(
            holder.hostId(),
            "kvm",
            holder.generation(),
            1,
            10,
            State.ALIVE,
            Optional.empty(),
            Optional.empty(),
            Duration.ZERO,
            Optional.empty(),
            Optional.empty()));
  }

  private LeaseLine lease(String name) {
    List<HolderLine> by =
        holders.containsKey(name)
            ? List.of(new HolderLine(1, 1, false, holders.get(name), Optional.empty()))
            : List.of();
    return new LeaseLine(name, Optional.empty(), by, false, Optional.empty());
  }

  @Test
  void leasesThatComeAndGoAreToldAndThoseThatWereThereAreNot() {
    TreeSet<String> files = new TreeSet<>();
    IntStream.range(0, 8).forEach(i -> files.add(String.format("%032x", i)));
    files.add("__LIBVIRT__DISKS__");
    holders.put(String.format("%032x", 1), 100L);
    for (int i = 0; i < 3; i++) {
      assertThat(looked(files)).isEmpty();
    }
    assertThat(leases.counts()).isEqualTo(new TopLook.Counts(8, 1, 7, 0, 0));

    String fresh = "f".repeat(32);
    files.add(fresh);
    holders.put(fresh, 200L);
    assertThat(looked(files))
        .extracting(Change::kind, Change::lease)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(Kind.TAKEN, fresh));
    holders.put(fresh, 300L);
    assertThat(eventually(files)).extracting(Change::kind).containsExactly(Kind.TAKEN);
    holders.remove(fresh);
    assertThat(eventually(files)).extracting(Change::kind).containsExactly(Kind.GIVEN_BACK);
    files.remove(fresh);
    assertThat(looked(files)).extracting(Change::kind).containsExactly(Kind.REMOVED);
    assertThat(leases.counts().total()).isEqualTo(8);
  }

  /** All files have their turn once. */
  private List<Change> eventually(TreeSet<String> files) {
    return IntStream.range(0, 3).mapToObj(i -> looked(files)).flatMap(List::stream).toList();
  }
}
