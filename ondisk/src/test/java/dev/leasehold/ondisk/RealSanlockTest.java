// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The real program reads what is written here, and does not see the notes. */
class RealSanlockTest {
  private static final Name LS0 = Name.of("LS0");
  private static final Name RES1 = Name.of("RES1");

  @TempDir Path directory;

  @BeforeEach
  void needsTheProgram() {
    boolean found =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
            .anyMatch(dir -> Files.isExecutable(Path.of(dir, "sanlock")));
    assumeThat(found).as("the program sanlock is not installed").isTrue();
  }

  @BeforeEach
  void needsDirectInput() throws IOException, InterruptedException {
    Path probe = Files.write(directory.resolve("probe"), new byte[4096]);
    Process dd =
        new ProcessBuilder("dd", "if=" + probe, "of=/dev/null", "bs=4096", "iflag=direct")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assumeThat(dd.waitFor()).as("%s has no direct I/O", directory).isZero();
  }

  private String sanlock(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("sanlock", "direct"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output.replace(directory.toString(), "DIR");
  }

  private Path file(MemorySegment content) throws IOException {
    return Files.write(directory.resolve("area"), content.toArray(ValueLayout.JAVA_BYTE));
  }

  @ParameterizedTest
  @CsvSource({"512,1", "4096,1", "4096,2", "4096,4", "4096,8"})
  void notesDoNotShow(int sectorSize, int mib) throws Exception {
    Geometry geometry = new Geometry(sectorSize, mib << 20);
    MemorySegment area = MemorySegment.ofArray(new byte[geometry.alignSize()]);
    AreaImages.heldResource(LS0, RES1, geometry, 0, 7, 3, 1234).writeTo(area, 0);
    String without = everythingAbout(file(area), sectorSize, mib);
    assertThat(without)
        .contains("read_leader done 0", "owner_id 7\n", "owner_generation 3\n", "lver 1\n")
        .contains("timestamp 1234\n", "dblock[0006] mbal 7 bal 7 inp 7 inp2 3 inp3 1234 lver 1");

    note(false, 7).encode(area, geometry.noteOffset(), sectorSize);
    for (long host = 1; host <= geometry.maxHosts(); host++) {
      note(true, host).encode(area, geometry.sharedNoteOffset(host), sectorSize);
    }
    assertThat(everythingAbout(file(area), sectorSize, mib)).isEqualTo(without);
  }

  private String everythingAbout(Path file, int sectorSize, int mib) throws Exception {
    String sector = Integer.toString(sectorSize);
    String place = file + ":0:" + ((long) mib << 20);
    return sanlock("read_leader", "-r", "LS0:RES1:" + file + ":0", "-Z", sector, "-A", mib + "M")
        + sanlock("dump", place, "-f", "1", "-Z", sector, "-A", mib + "M")
        + sanlock("dump", place, "-f", "2", "-Z", sector, "-A", mib + "M");
  }

  private static HolderNote note(boolean shared, long host) {
    return new HolderNote(
        shared,
        true,
        host,
        3,
        1,
        1_700_000_000L,
        4242,
        1,
        "guest",
        Optional.of(new UUID(1, 2)),
        "host",
        "/srv/disk.qcow2");
  }

  @Test
  void aLockspaceIsJoinedAndLeft() throws Exception {
    MemorySegment area = MemorySegment.ofArray(new byte[Geometry.SECTOR_512.alignSize()]);
    AreaImages.lockspace(LS0, Geometry.SECTOR_512, 1).writeTo(area, 0);
    Path file = file(area);
    String place = "LS0:5:" + file + ":0";
    assertThat(sanlock("acquire_id", "-s", place, "-e", "five", "-o", "1"))
        .contains("acquire_id done 0");
    LeaderRecord joined = read(file, Geometry.SECTOR_512.deltaOffset(5));
    joined.verifyDelta(LS0);
    LeaderRecord slot = LeaderRecord.freshDelta(LS0, Geometry.SECTOR_512, 1);
    assertThat(joined)
        .isEqualTo(slot.deltaAcquired(5, Name.ofOwner("five"), joined.timestamp(), 1));

    assertThat(sanlock("release_id", "-s", place, "-o", "1")).contains("release_id done 0");
    assertThat(read(file, Geometry.SECTOR_512.deltaOffset(5))).isEqualTo(joined.deltaReleased());
  }

  private static LeaderRecord read(Path file, long offset) throws IOException {
    return LeaderRecord.decode(MemorySegment.ofArray(Files.readAllBytes(file)), offset);
  }
}
