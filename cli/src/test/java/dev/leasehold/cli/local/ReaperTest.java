// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.cli.HostPorts;
import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.engine.port.Processes.ProcessId;
import dev.leasehold.ondisk.AreaImages;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.Name;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Only what is certainly dead is given back, and only if nobody else can have it. */
class ReaperTest {
  private static final Name SPACE = Name.of(LeaseDirectory.LOCKSPACE);
  private static final int HOST_ID = 3;

  @TempDir private Path directory;
  private LeaseDirectory leases;
  private Journal journal;
  private Reaper reaper;

  @BeforeEach
  void aLeaseDirectory() throws Exception {
    Path path = Files.createDirectory(directory.resolve("leases"));
    leases = new LeaseDirectory(path.toString(), false);
    byte[] area = new byte[Geometry.SECTOR_512.alignSize()];
    AreaImages.lockspace(SPACE, Geometry.SECTOR_512, 1).writeTo(MemorySegment.ofArray(area), 0);
    Files.write(Path.of(leases.lockspacePath()), area);
    use(Journal.at(Files.createDirectory(directory.resolve("journal")), false));
  }

  private void use(Journal newJournal) {
    journal = newJournal;
    HostRecords records = HostPorts.records(leases, journal);
    reaper = new Reaper(journal, leases, records, HostPorts.processes());
  }

  /** A run of this machine that is dead, with nothing left of it but its files. */
  private static RunRecord dead() {
    RunRecord some = RunRecordTextTest.RUN;
    return new RunRecord(
        HostPorts.processes().bootId(),
        ThisHost.suspendedSeconds(HostPorts.clock()),
        ThisHost.pidNamespace(),
        new ProcessId(4_000_000, 1),
        some.owner(),
        "/srv/leases",
        HOST_ID,
        1,
        1,
        some.since(),
        RunRecord.Phase.HELD,
        Optional.of(new ProcessId(4_000_001, 1)),
        "some command",
        some.disks());
  }

  /** Its record in the lockspace, renewed so many seconds ago. */
  private void renewed(String owner, long secondsAgo) throws IOException {
    long now = HostPorts.clock().monotonicSeconds();
    LeaderRecord record =
        LeaderRecord.freshDelta(SPACE, Geometry.SECTOR_512, 1)
            .deltaAcquired(HOST_ID, Name.ofOwner(owner), now - secondsAgo, 1);
    Path file = Path.of(leases.lockspacePath());
    byte[] area = Files.readAllBytes(file);
    record.encode(MemorySegment.ofArray(area), Geometry.SECTOR_512.deltaOffset(HOST_ID));
    Files.write(file, area);
  }

  private LeaderRecord record() throws IOException {
    byte[] area = Files.readAllBytes(Path.of(leases.lockspacePath()));
    return LeaderRecord.decode(
        MemorySegment.ofArray(area), Geometry.SECTOR_512.deltaOffset(HOST_ID));
  }

  /** Notes a run down as one that has died: nobody has its lock. */
  private void noteDown(RunRecord run) throws Exception {
    journal.enter(run).close();
  }

  private void assertGivenBack(RunRecord run) throws Exception {
    LeaderRecord before = record();
    Reaper.Report report = reaper.reap();
    assertThat(report.givenBack()).containsExactly(run);
    assertThat(record()).isEqualTo(before.deltaReleased());
    assertThat(record().isFree()).isTrue();
    assertThat(journal.owners()).isEmpty();
  }

  private Reaper.Report assertLeftAlone() throws Exception {
    byte[] before = Files.readAllBytes(Path.of(leases.lockspacePath()));
    Reaper.Report report = reaper.reap();
    assertThat(report.givenBack()).isEmpty();
    assertThat(Files.readAllBytes(Path.of(leases.lockspacePath()))).isEqualTo(before);
    return report;
  }

  @Test
  void aDeadRunIsGivenBack() throws Exception {
    noteDown(dead());
    renewed(dead().owner(), 5);
    assertGivenBack(dead());
  }

  @Test
  void aRunThatDiedWhileItWroteIsGivenBackOnALocalFileSystemOnly() throws Exception {
    RunRecord run = dead().in(RunRecord.Phase.ACQUIRING);
    noteDown(run);
    renewed(run.owner(), 5);
    if (LocalFileSystem.contains(directory)) {
      assertGivenBack(run);
    } else {
      assertLeftAlone();
    }
  }

  @Test
  void aLiveRunIsLeftAlone() throws Exception {
    renewed(dead().owner(), 5);
    try (RunEntry entry = journal.enter(dead())) {
      assertLeftAlone();
      assertThat(journal.owners()).containsExactly(entry.run().owner());
    }
  }

  @Test
  void aCommandThatLivesOnKeepsItsLeases() throws Exception {
    ProcessId self = HostPorts.processes().self();
    noteDown(dead().running(self));
    renewed(dead().owner(), 5);
    Reaper.Report report = assertLeftAlone();
    assertThat(report.unsupervised()).hasSize(1);
    assertThat(report.unsupervised().getFirst().processes()).containsExactly(self);
    assertThat(journal.owners()).hasSize(1);
  }

  @Test
  void aProcessWithTheMarkKeepsTheLeases() throws Exception {
    noteDown(dead());
    renewed(dead().owner(), 5);
    ProcessBuilder builder = new ProcessBuilder("sleep", "300");
    builder.environment().put(RunProcesses.VARIABLE, dead().owner());
    Process sleep = builder.start();
    try {
      assertThat(assertLeftAlone().unsupervised()).hasSize(1);
    } finally {
      sleep.destroyForcibly().waitFor();
    }
    assertGivenBack(dead());
  }

  @Test
  void anotherPidNamespaceCannotBeJudged() throws Exception {
    noteDown(with(run -> change(run, run.bootId(), run.pidNamespace() + 1, 0)));
    renewed(dead().owner(), 5);
    assertLeftAlone();
    assertThat(journal.owners()).hasSize(1);
  }

  @Test
  void anEarlierBootIsForgottenWithItsJournal() throws Exception {
    noteDown(with(run -> change(run, "another boot", run.pidNamespace(), 0)));
    renewed(dead().owner(), 5);
    assertLeftAlone();
    assertThat(journal.owners()).isEmpty();
  }

  @Test
  void anEarlierBootIsGivenBackWhereTheJournalLiesBesideTheLeases() throws Exception {
    use(Journal.at(directory.resolve("journal"), true));
    RunRecord run = with(old -> change(old, "another boot", old.pidNamespace(), 0));
    noteDown(run);
    renewed(run.owner(), -1_000_000); // that boot's clock was far ahead
    assertGivenBack(run);
  }

  @Test
  void aRecordThatIsSomebodyElsesIsLeftAlone() throws Exception {
    noteDown(dead());
    renewed("other.0123456789ab", 5);
    assertLeftAlone();
    assertThat(journal.owners()).isEmpty();
  }

  @Test
  void aRecordThatAnotherHostMayBeTakingIsLeftAlone() throws Exception {
    // 8N + W is 68 s; one for the write and two for the clocks leave 64 s.
    noteDown(dead());
    renewed(dead().owner(), 66);
    Reaper.Report report = assertLeftAlone();
    assertThat(report.remarks()).hasSize(1);
    assertThat(report.remarks().getFirst()).contains("another host may be about to take it");
    assertThat(journal.owners()).isEmpty();
  }

  @Test
  void timeThatTheHostWasSuspendedCounts() throws Exception {
    noteDown(with(run -> change(run, run.bootId(), run.pidNamespace(), -65)));
    renewed(dead().owner(), 2);
    assertThat(assertLeftAlone().remarks()).hasSize(1);
  }

  @Test
  void whatCannotBeReadIsLeftAlone() throws Exception {
    noteDown(dead());
    renewed(dead().owner(), 5);
    Path record = directory.resolve("journal").resolve(dead().owner() + ".run");
    Files.writeString(record, Files.readString(record).replace("end\n", ""));
    assertLeftAlone();
  }

  private static RunRecord with(UnaryOperator<RunRecord> change) {
    return change.apply(dead());
  }

  private static RunRecord change(
      RunRecord run, String bootId, long pidNamespace, long suspendedMore) {
    return new RunRecord(
        bootId,
        run.suspendedSeconds() + suspendedMore,
        pidNamespace,
        run.supervisor(),
        run.owner(),
        run.leaseDirectory(),
        run.hostId(),
        run.generation(),
        run.ioTimeout(),
        run.since(),
        run.phase(),
        run.command(),
        run.commandLine(),
        run.disks());
  }
}
