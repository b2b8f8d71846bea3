// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.lease.AreaFormat;
import dev.leasehold.lease.LeaseArea;
import dev.leasehold.lease.LeaseDisk;
import dev.leasehold.linux.io.LinuxStorage;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.Name;
import dev.leasehold.storage.BlockStore;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Areas that we format are byte for byte those of the real program. */
class FormatInteropTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String LONG = "n".repeat(Name.SIZE);

  private Lab lab;

  @BeforeAll
  static void programs() {
    Lab.needsSanlock();
  }

  @BeforeEach
  void open() {
    lab = Lab.open();
  }

  @AfterEach
  void close() {
    lab.close();
  }

  private interface Writer {
    void write(BlockStore store) throws Exception;
  }

  /** A file full of what was there before, so that a sector which is not written shows. */
  private Path used(String name, Geometry geometry) throws IOException {
    byte[] old = new byte[geometry.alignSize()];
    Arrays.fill(old, (byte) 0xa5);
    return Files.write(lab.path(name), old);
  }

  private byte[] written(Geometry geometry, Writer writer) throws Exception {
    Path file = used("ours", geometry);
    try (BlockStore store = new LinuxStorage().open(file.toString(), LIMIT)) {
      writer.write(store);
    }
    return AreaFile.read(file, geometry).array();
  }

  @ParameterizedTest
  @CsvSource({"512,1", "4096,1", "4096,2", "4096,4", "4096,8"})
  void lockspaces(int sectorSize, int mib) throws Exception {
    Geometry geometry = new Geometry(sectorSize, mib << 20);
    for (String name : List.of("LS0", LONG)) {
      for (int ioTimeout : List.of(1, 10, 255)) {
        Path theirs = used("theirs", geometry);
        List<String> command = new ArrayList<>(List.of("init", "-s", name + ":0:" + theirs + ":0"));
        command.addAll(sizes(geometry));
        command.addAll(List.of("-o", "" + ioTimeout));
        Lab.direct(command.toArray(String[]::new));
        byte[] ours =
            written(
                geometry,
                store ->
                    AreaFormat.lockspace(
                        new LeaseArea(store, 0, geometry), Name.of(name), ioTimeout, LIMIT));
        assertThat(AreaFile.differences(ours, AreaFile.read(theirs, geometry).array(), geometry))
            .as("lockspace %s, io timeout %d", name, ioTimeout)
            .isEmpty();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"512,1", "4096,1", "4096,2", "4096,4", "4096,8"})
  void resources(int sectorSize, int mib) throws Exception {
    Geometry geometry = new Geometry(sectorSize, mib << 20);
    for (String name : List.of("RES1", LONG)) {
      for (int numHosts : List.of(0, 8, geometry.maxHosts())) {
        byte[] theirs = initialised(geometry, name, numHosts, false);
        byte[] ours =
            written(
                geometry,
                store ->
                    AreaFormat.resource(
                        List.of(new LeaseDisk(store, 0)),
                        Name.of("LS0"),
                        Name.of(name),
                        geometry,
                        numHosts,
                        LIMIT));
        assertThat(AreaFile.differences(ours, withoutPadding(theirs, geometry), geometry))
            .as("resource %s for %d hosts", name, numHosts)
            .isEmpty();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"512,1", "4096,8"})
  void clearedResources(int sectorSize, int mib) throws Exception {
    Geometry geometry = new Geometry(sectorSize, mib << 20);
    byte[] theirs = initialised(geometry, "RES1", 0, true);
    long then = LeaderRecord.decode(MemorySegment.ofArray(theirs), 0).writeTimestamp();
    byte[] ours =
        written(
            geometry,
            store ->
                AreaFormat.clear(
                    List.of(new LeaseDisk(store, 0)),
                    Name.of("LS0"),
                    Name.of("RES1"),
                    geometry,
                    0,
                    then,
                    LIMIT));
    assertThat(then).isPositive();
    assertThat(AreaFile.differences(ours, withoutPadding(theirs, geometry), geometry)).isEmpty();
  }

  private static List<String> sizes(Geometry geometry) {
    String align = (geometry.alignSize() >> 20) + "M";
    return List.of("-Z", "" + geometry.sectorSize(), "-A", align);
  }

  private byte[] initialised(Geometry geometry, String name, int numHosts, boolean clear)
      throws IOException {
    Path theirs = used("theirs", geometry);
    List<String> command =
        new ArrayList<>(List.of("init", "-r", "LS0:" + name + ":" + theirs + ":0"));
    command.addAll(sizes(geometry));
    command.addAll(List.of("-n", "" + numHosts));
    if (clear) {
      command.addAll(List.of("-z", "1"));
    }
    Lab.direct(command.toArray(String[]::new));
    return AreaFile.read(theirs, geometry).array();
  }

  /** Bytes 20 to 23 of a request record are left undefined by the real program (ondisk.md 6.3). */
  private static byte[] withoutPadding(byte[] area, Geometry geometry) {
    Arrays.fill(
        area, (int) geometry.requestOffset() + 20, (int) geometry.requestOffset() + 24, (byte) 0);
    return area;
  }
}
