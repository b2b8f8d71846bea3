// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.HostState;
import dev.leasehold.engine.HostView;
import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.LossReason;
import dev.leasehold.engine.TakeOver;
import dev.leasehold.engine.holder.HolderLabel;
import dev.leasehold.engine.resource.DiskLocation;
import dev.leasehold.engine.resource.LeaseRequest;
import dev.leasehold.engine.resource.Refusal;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.lease.HoldMode;
import dev.leasehold.lease.LostOwner;
import dev.leasehold.linux.LinuxClock;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The line, and the level, of what the engine tells. */
class EventLogTest {
  private static final Name LS = Name.of("LS");
  private static final LeaseException VERSION =
      new LeaseException(ErrorCode.LEADER_VERSION, "written by a newer sanlock");

  private final List<String> lines = new ArrayList<>();
  private final EventLog events =
      new EventLog(new LinuxClock(), (level, line) -> lines.add(level + " " + line));

  private static LeaseRequest lease() {
    return LeaseRequest.of(
            ResourceLocation.of(ResourceId.of("LS", "web1"), DiskLocation.of("/leases/web1")),
            HoldMode.EXCLUSIVE)
        .forDisk("/srv/\"a\".qcow2");
  }

  private static LeaderRecord leader() {
    return LeaderRecord.freshPaxos(LS, Name.of("web1"), Geometry.SECTOR_512, 0).toBuilder()
        .ownerId(2)
        .ownerGeneration(7)
        .build();
  }

  private static HostView host(HostState state) {
    // As daemons sign: people are told the rest.
    Name signed = Name.of("3f1c2b00-9a8d-4c5e-8f00-0123456789ab.kvm2");
    return new HostView(2, 2, 7, signed, 99, 10, 1, 2, 1, 0, state);
  }

  @Test
  void theHostLease() {
    events.renewalFailed(LS, new LeaseException(ErrorCode.EIO, "no"), Duration.ofSeconds(41));
    events.atRisk(LS, Duration.ofSeconds(31));
    events.outOfRisk(LS);
    events.lost(LS, LossReason.EXPIRED, "no renewal for 80 s");
    events.lost(LS, LossReason.CORRUPT, "overwritten");
    events.lost(LS, LossReason.REMOVED, "as asked");
    events.lost(LS, LossReason.SHUTDOWN, "by force");
    assertThat(lines)
        .containsExactly(
            "WARNING event=renewal_failed lockspace=\"LS\" remaining_seconds=41"
                + " msg=\"41 s left: no (EIO, -5)\"",
            "WARNING event=lease_at_risk lockspace=\"LS\" remaining_seconds=31"
                + " msg=\"lost in 31 s unless a renewal succeeds\"",
            "WARNING event=lease_safe_again lockspace=\"LS\" msg=\"a renewal succeeded\"",
            "ERROR event=lease_lost lockspace=\"LS\" msg=\"no renewal for 80 s\"",
            "ERROR event=host_id_conflict lockspace=\"LS\" msg=\"overwritten\"",
            "INFO event=lockspace_left lockspace=\"LS\" msg=\"as asked\"",
            "INFO event=lockspace_left lockspace=\"LS\" msg=\"by force\"");
    assertThat(events.count(EventName.LOCKSPACE_LEFT)).isEqualTo(2);
    assertThat(events.count(EventName.LEASE_LOST)).isEqualTo(1);
    assertThat(events.count(EventName.HOST_DEAD)).isZero();
  }

  @Test
  void holdersAndHosts() {
    events.holderStopped(LS, 4242, "SIGTERM");
    events.holderStuck(LS, 4242);
    events.hostChanged(LS, host(HostState.LIVE));
    events.hostChanged(LS, host(HostState.FAIL));
    events.hostChanged(LS, host(HostState.DEAD));
    String host = " lockspace=\"LS\" host_id=2 generation=7 host=\"kvm2\" msg=\"host id 2 (kvm2) ";
    assertThat(lines)
        .containsExactly(
            "WARNING event=holder_killed lockspace=\"LS\" pid=4242 msg=\"process 4242: SIGTERM\"",
            "ERROR event=holder_stuck lockspace=\"LS\" pid=4242 msg=\"process 4242 does not end;"
                + " only its end or a reset of this host frees its leases\"",
            "INFO event=host_silent" + host + "shows no sign of life\"",
            "INFO event=host_dead" + host + "is gone, its leases may be taken\"");
  }

  @Test
  void aTakeOver() {
    LostOwner dead = new LostOwner(leader(), Optional.of(Name.of("kvm2")), LostOwner.End.DEAD);
    LostOwner unnamed = new LostOwner(leader(), Optional.empty(), LostOwner.End.JOINED_ANEW);
    HolderLabel guest = HolderLabel.guest("web1", Optional.empty());
    events.leaseTakenOver(new TakeOver(lease(), dead, 4242, guest));
    events.leaseTakenOver(new TakeOver(lease(), unnamed, 4242, HolderLabel.NONE));
    String lease = " lockspace=\"LS\" lease=\"web1\" file=\"/leases/web1\"";
    String disk = " disk=\"/srv/\\\"a\\\".qcow2\" host_id=2 generation=7";
    assertThat(lines)
        .containsExactly(
            "WARNING event=lease_taken_over"
                + lease
                + disk
                + " host=\"kvm2\" pid=4242 holder=\"guest web1\" msg=\"disk /srv/\\\"a\\\".qcow2"
                + " taken from host kvm2 (host id 2), which is dead, for guest web1, pid 4242\"",
            "WARNING event=lease_taken_over"
                + lease
                + disk
                + " pid=4242 msg=\"disk /srv/\\\"a\\\".qcow2 taken from host (host id 2),"
                + " which has joined anew since, for pid 4242\"");
  }

  @Test
  void anUnknownFormatNamesFileAndLease() {
    events.acquireEnded(
        Optional.of(
            new Refusal(
                ErrorCode.LEADER_VERSION,
                OptionalInt.of(0),
                Optional.of(lease()),
                "written by a newer sanlock",
                Optional.empty())),
        Duration.ZERO);
    for (int i = 0; i < 3; i++) { // tried again and again
      events.joinFailed(new LockspaceSpec(LS, 1, "/leases/ls", 1 << 20), VERSION);
    }
    events.joinFailed(
        new LockspaceSpec(LS, 1, "/leases/ls", 0), new LeaseException(ErrorCode.EIO, "no"));
    events.acquireEnded(Optional.empty(), Duration.ZERO);
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0))
        .startsWith(
            "ERROR event=unknown_lease_format lockspace=\"LS\" lease=\"web1\""
                + " file=\"/leases/web1\" disk=")
        .endsWith("msg=\"an acquisition was refused: written by a newer sanlock\"");
    assertThat(lines.get(1))
        .startsWith(
            "ERROR event=unknown_lease_format lockspace=\"LS\" file=\"/leases/ls:1048576\" msg=");
  }

  @Test
  void theLastOnesAreRememberedNewestFirst() {
    for (int i = 0; i < 100; i++) {
      events.holderStopped(LS, i, "SIGTERM");
    }
    assertThat(events.last()).hasSize(30);
    assertThat(events.last().getFirst().facts()).containsEntry("pid", 99);
    assertThat(events.count(EventName.HOLDER_KILLED)).isEqualTo(100);
    for (int i = 100; i > 0; i--) {
      events.renewalFailed(LS, new LeaseException(ErrorCode.EIO, "no"), Duration.ofSeconds(i));
    }
    assertThat(events.last()).hasSize(30);
    assertThat(events.last().getFirst().facts()).containsEntry("remaining_seconds", 1L);
    assertThat(events.last().get(1).name()).isEqualTo(EventName.HOLDER_KILLED);
    assertThat(events.count(EventName.RENEWAL_FAILED)).isEqualTo(100);
    assertThat(lines).hasSize(200);
  }

  /** The runbook has a section for each, and a table with the level of each. */
  @Test
  void everyEventIsInTheRunbook() throws Exception {
    Path root = Path.of(System.getProperty("leasehold.root"));
    String runbook = Files.readString(root.resolve("docs/runbook.md"));
    for (EventName name : EventName.values()) {
      String level = name.level().getName().toLowerCase(Locale.ROOT);
      assertThat(runbook)
          .contains("\n## `" + name.text() + "`\n")
          .contains("\n| `" + name.text() + "` | " + level + " |");
    }
    assertThat(runbook.lines().filter(line -> line.startsWith("## `")))
        .hasSize(EventName.values().length);
  }
}
