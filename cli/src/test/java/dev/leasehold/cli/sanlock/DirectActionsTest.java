// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code sanlock direct}: the original's command and ours do the same to files of their own.
 * Output, exit code and the bytes on the disk are compared after each step, but for what depends on
 * the time and for what the original leaves to chance (docs/spec/ondisk.md 11.2, 11.9).
 */
class DirectActionsTest {
  private static final int FILE = 8 << 20;
  private static final int SECTOR = 512;
  private static final List<String> FILES = List.of("ls", "res", "rx", "big");
  private static final String PROGRAM = "/usr/sbin/sanlock";

  @TempDir Path dir;

  @BeforeAll
  static void needsTheOriginal() {
    assumeTrue(Files.isExecutable(Path.of(PROGRAM)), "needs the program sanlock");
  }

  @FunctionalInterface
  private interface Command {
    String run(String... words) throws IOException, InterruptedException;
  }

  private String ours(String... words) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    int code = SanlockCommand.run(List.of(words), environment(), out);
    return bytes.toString(StandardCharsets.UTF_8) + "status " + code + "\n";
  }

  private String theirs(String... words) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of(PROGRAM));
    line.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
    builder.environment().putAll(environment());
    Process started = builder.start();
    String text = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return text + "status " + started.waitFor() + "\n";
  }

  private Map<String, String> environment() {
    return Map.of("SANLOCK_RUN_DIR", dir.resolve("run").toString(), "SANLOCK_PRIVILEGED", "0");
  }

  private Path home(String name) throws IOException {
    Path home = Files.createDirectories(dir.resolve(name));
    for (String file : FILES) {
      try (RandomAccessFile sparse = new RandomAccessFile(home.resolve(file).toFile(), "rw")) {
        sparse.setLength(FILE);
      }
    }
    Files.writeString(
        home.resolve("fields"),
        """
        lver 7
        num_hosts 20
          max_hosts 100 more
        bogus 12
        nothing
        # a note

        space_name SP
        resource_name %s
        flags 0x11
        flags 17
        io_timeout 5
        owner_id 3
        owner_generation 0x9
        timestamp 77
        timestamp abc
        write_id 1
        extra1 2
        write_generation -1
        write_timestamp 18446744073709551615
        checksum 0x1234
        """
            .formatted("n".repeat(60)));
    Files.writeString(
        home.resolve("host"),
        "owner_id 3\nowner_generation 9\nresource_name hostx\nwrite_id 1\n"
            + "extra1 5\nextra2 6\nextra3 7\ntimestamp 12345678901\n");
    Files.writeString(home.resolve("nosize"), "sector_size 0\n");
    return home;
  }

  private void same(String... lines) throws Exception {
    Path c = home("c");
    Path j = home("j");
    Command theirs = this::theirs;
    Command ours = this::ours;
    SoftAssertions all = new SoftAssertions();
    for (String line : lines) {
      all.assertThat(told(line, j, ours)).as(line).isEqualTo(told(line, c, theirs));
      for (String file : FILES) {
        List<String> wanted = content(c.resolve(file));
        all.assertThat(content(j.resolve(file))).as(line + ", " + file).isEqualTo(wanted);
      }
    }
    all.assertAll();
  }

  private static String told(String line, Path home, Command command) throws Exception {
    return command
        .run(line.replace("HOME", home.toString()).split(" ", -1))
        .replace(home.toString(), "HOME")
        // A lease that was just taken: when, and the sums over it.
        .replaceAll(" 0\\d{9} ", " TIME ")
        .replaceAll("inp3 [1-9]\\d* lver (\\d+) sum [0-9a-f]+", "inp3 TIME lver $1 sum SUM");
  }

  /** The sectors that are not zero, without what depends on the time. */
  private static List<String> content(Path file) throws IOException {
    byte[] all = Files.readAllBytes(file);
    List<String> sectors = new ArrayList<>();
    for (int at = 0; at < all.length; at += SECTOR) {
      byte[] sector = Arrays.copyOfRange(all, at, at + SECTOR);
      mask(sector);
      for (int i = 0; i < SECTOR; i += 16) {
        byte[] row = Arrays.copyOfRange(sector, i, i + 16);
        if (!Arrays.equals(row, new byte[16])) {
          sectors.add("%07x %s".formatted(at + i, HexFormat.of().formatHex(row)));
        }
      }
    }
    return sectors;
  }

  private static void mask(byte[] sector) {
    int magic =
        (sector[0] & 0xFF)
            | (sector[1] & 0xFF) << 8
            | (sector[2] & 0xFF) << 16
            | (sector[3] & 0xFF) << 24;
    switch (magic) {
      case 0x12212010 -> {
        Arrays.fill(sector, 0x98, 0xA0, (byte) 0); // timestamp
        Arrays.fill(sector, 0xA8, 0xAC, (byte) 0); // checksum, by chance after write_leader
      }
      case 0x06152010, 0x11282016 -> {
        Arrays.fill(sector, 0x98, 0xA0, (byte) 0); // timestamp
        Arrays.fill(sector, 0xA8, 0xAC, (byte) 0); // checksum
        Arrays.fill(sector, 0xC0, 0xC8, (byte) 0); // write_timestamp
      }
      case 0x08292011 -> Arrays.fill(sector, 20, 24, (byte) 0); // padding, by chance
      default -> {
        if (magic != 0 && magic < 10_000) {
          Arrays.fill(sector, 0x20, 0x28, (byte) 0); // inp3 of a dblock
          Arrays.fill(sector, 0x30, 0x38, (byte) 0); // its checksum and padding
        }
      }
    }
  }

  @Test
  void hostIds() throws Exception {
    same(
        "direct renew_id -s LS:1:HOME/ls:0 -o 1",
        "direct acquire_id -s LS:1:HOME/ls:0 -o 1",
        "direct read_leader -s LS:1:HOME/ls:0",
        "direct init -s LS:0:HOME/ls:0 -o 1",
        "direct renew_id -s LS:1:HOME/ls:0 -o 1",
        "direct release_id -s LS:1:HOME/ls:0 -o 1",
        "direct acquire_id -s LS:1:HOME/ls:0 -e " + "n".repeat(60) + " -o 1",
        "direct dump HOME/ls",
        "direct renew_id -s LS:1:HOME/ls:0 -e other -o 2",
        "direct renew_id -s LX:1:HOME/ls:0 -o 1",
        "direct release_id -s LX:1:HOME/ls:0 -o 1",
        "direct release_id -s LS:1:HOME/ls:0 -o 5",
        "direct release_id -s LS:1:HOME/ls:0 -o 5",
        "direct dump HOME/ls",
        "direct renew_id -s LS:1:HOME/ls:0",
        "direct acquire_id -s LX:2:HOME/ls:0 -o 1",
        "direct acquire_id -s LS:2001:HOME/ls:0 -o 1",
        "direct acquire_id -s LS:0:HOME/ls:0",
        "direct renew_id -s LS:0:HOME/ls:0",
        "direct acquire_id -s LS:1:HOME/none:0",
        "direct renew_id -s LS:1:HOME/none:0",
        "direct release_id -s LS:1:HOME/none:0",
        "direct acquire_id",
        "direct renew_id",
        "direct release_id",
        "direct acquire_id -s LS:1",
        "direct init -r LS:RA:HOME/res:0",
        "direct acquire_id -s LS:1:HOME/res:0 -o 1",
        "direct renew_id -s LS:1:HOME/res:0 -o 1");
  }

  @Test
  void leases() throws Exception {
    same(
        "direct acquire -r LS:RA:HOME/res:0 -i 1 -g 1",
        "direct release -r LS:RA:HOME/res:0 -i 1 -g 1",
        "direct init -s LS:0:HOME/ls:0 -o 1",
        "direct acquire -r LS:RA:HOME/ls:0 -i 1 -g 1",
        "direct init -r LS:RA:HOME/res:0",
        "direct release -r LS:RA:HOME/res:0 -i 1 -g 1",
        "direct acquire -r LS:RA:HOME/res:0 -i 1 -g 1",
        "direct acquire -r LS:RA:HOME/res:0 -i 1 -g 1",
        "direct dump HOME/res -f 2",
        "direct acquire -r LS:RA:HOME/res:0 -i 2 -g 1",
        "direct acquire -r LS:RA:HOME/res:0 -i 1",
        "direct release -r LS:RA:HOME/res:0 -i 1 -g 1",
        "direct release -r LS:RA:HOME/res:0 -i 2 -g 1",
        "direct release -r LS:RX:HOME/res:0 -i 1 -g 1",
        "direct acquire -r LS:RX:HOME/res:0 -i 1 -g 1",
        "direct acquire -r LS:RA:HOME/res:0:9 -i 1 -g 2",
        "direct init -r LS:RB:HOME/res:1M -n 30",
        "direct acquire -r LS:RB:HOME/res:1M:SH -i 3 -g 5 -o 3",
        "direct acquire -r LS:RB:HOME/res:1M -i 31 -g 5",
        "direct acquire -r LS:RB:HOME/res:1M -i 2001 -g 5",
        "direct init -r LS:RC:HOME/res:2M -z 1",
        "direct acquire -r LS:RC:HOME/res:2M -i 1 -g 1",
        "direct release -r LS:RC:HOME/res:2M -i 1 -g 1",
        "direct dump HOME/res",
        "direct dump HOME/res:0:8M -f 2",
        "direct init -r LS:RA:HOME/big:0 -Z 4096 -A 4M",
        "direct acquire -r LS:RA:HOME/big:0 -i 2 -g 3",
        "direct dump HOME/big -f 2",
        "direct acquire -r LS:RA -i 1 -g 1",
        "direct release -r LS:RA -i 1 -g 1",
        "direct acquire -r LS:RA:HOME/none:0 -i 1 -g 1",
        "direct release -r LS:RA:HOME/none:0 -i 1 -g 1");
  }

  @Test
  void indexes() throws Exception {
    same(
        "direct lookup -x LS:HOME/rx:0 -e R2",
        "direct update -x LS:HOME/rx:0 -e R2",
        "direct rebuild -x LS:HOME/rx:0",
        "direct format -x LS:HOME/rx:0 -Z 512",
        "direct format -x LS:HOME/rx:0",
        "direct format",
        "direct format -x LS",
        "direct format -x LS:HOME/none:0",
        "direct init -r LS:R2:HOME/rx:2M",
        "direct init -r LS:R4:HOME/rx:4M",
        "direct lookup -x LS:HOME/rx:0",
        "direct rebuild -x LS:HOME/rx:0",
        "direct lookup -x LS:HOME/rx:0",
        "direct lookup -x LS:HOME/rx:0 -e R2",
        "direct lookup -x LS:HOME/rx:0 -e R2:4194304",
        "direct lookup -x LS:HOME/rx:0 -e R2:2097152",
        "direct lookup -x LS:HOME/rx:0 -e :4194304",
        "direct lookup -x LS:HOME/rx:0 -e none",
        "direct lookup -x LX:HOME/rx:0 -e R2",
        "direct lookup -x LS:HOME/none:0 -e R2",
        "direct lookup",
        "direct update",
        "direct rebuild",
        "direct update -x LS:HOME/rx:0 -e R5:5242880",
        "direct update -x LS:HOME/rx:0 -e R6:6M",
        "direct update -x LS:HOME/rx:0 -e R5",
        "direct update -x LS:HOME/rx:0",
        "direct update -x LX:HOME/rx:0 -e R5:5242880",
        "direct update -x LS:HOME/rx:0 -e R5:5242881",
        "direct dump HOME/rx",
        "direct dump HOME/rx -f 1",
        "direct update -x LS:HOME/rx:0 -e R5:5242880 -z 1",
        "direct update -x LS:HOME/rx:0 -e R4:4194304 -z 0",
        "direct dump HOME/rx:0:8M -f 2",
        "direct dump HOME/rx:0:1M",
        "direct dump HOME/rx:3M",
        "direct rebuild -x LX:HOME/rx:0",
        "direct rebuild -x LS:HOME/rx:0",
        "direct next_free HOME/rx -Z 512 -A 1M",
        "direct format -x LS:HOME/big:0 -Z 4096 -A 1M",
        "direct update -x LS:HOME/big:0 -e R5:5242880",
        "direct dump HOME/big -f 1");
  }

  @Test
  void dumpsAndFreePlaces() throws Exception {
    same(
        "direct dump HOME/ls",
        "direct dump HOME/none",
        "direct dump",
        "direct dump HOME/ls:512",
        "direct dump HOME/ls -Z 512 -A 1M",
        "direct next_free HOME/none -Z 512 -A 1M",
        "direct next_free",
        "direct next_free HOME/ls -Z 512 -A 1M",
        "direct init -s LS:0:HOME/ls:0 -o 1",
        "direct init -r LS:RB:HOME/ls:1M",
        "direct init -r " + "l".repeat(48) + ":" + "r".repeat(48) + ":HOME/ls:3M",
        "direct dump HOME/ls",
        "direct dump HOME/ls:0:8M -f 1",
        "direct dump HOME/ls:0:1",
        "direct dump HOME/ls:3145728",
        "direct dump HOME/ls:2M:1M",
        "direct dump HOME/ls:0:8M -Z 512",
        "direct dump -f 1 HOME/ls",
        "direct next_free HOME/ls -Z 512 -A 1M",
        "direct next_free HOME/ls:1048576 -Z 512 -A 1M",
        "direct next_free HOME/ls:2097152 -Z 512 -A 1M",
        "direct init -r LS:RA:HOME/big:0 -Z 4096 -A 4M",
        "direct init -r LS:RB:HOME/big:4M -Z 4096 -A 4M",
        "direct dump HOME/big",
        "direct dump HOME/big:1M:1M",
        "direct next_free HOME/big -Z 4096 -A 4M");
  }

  @Test
  void writtenLeaders() throws Exception {
    same(
        "direct write_leader -r LS:RA:HOME/res:0 -F HOME/fields",
        "direct write_leader",
        "direct write_leader -F HOME/nosuch",
        "direct write_leader -F HOME/fields",
        "direct write_leader -r LS:RA -F HOME/fields",
        "direct write_leader -r LS:RA:HOME/none:0 -F HOME/fields",
        "direct init -r LS:RA:HOME/res:0",
        "direct write_leader -r XX:RA:HOME/res:0 -F HOME/fields",
        "direct write_leader -r XX:RA:HOME/res:0 -F HOME/fields -f 1",
        "direct read_leader -r SP:RA:HOME/res:0",
        "direct write_leader -r XX:RA:HOME/res:0 -F HOME/nosize",
        "direct init -r LS:RA:HOME/big:4M -Z 4096 -A 4M",
        "direct write_leader -r XX:RA:HOME/big:4M -F HOME/fields",
        "direct init -s LS:0:HOME/ls:0 -o 1",
        "direct write_leader -s LS:3:HOME/ls:0 -F HOME/host",
        "direct write_leader -s LS:2000:HOME/ls:0 -F HOME/host",
        "direct dump HOME/ls -f 1",
        "direct write_leader -s LS:3:HOME/ls:0 -F HOME/host -f 1",
        "direct write_leader -s LS:0:HOME/ls:0 -F HOME/host",
        "direct write_leader -s LS:2001:HOME/ls:0 -F HOME/host",
        "direct write_leader -s LS:3:HOME/none:0 -F HOME/host");
  }

  @Test
  void whatWeWroteIsGoodForTheOriginal() throws Exception {
    Path home = home("j");
    assertThat(told("direct init -s LS:0:HOME/ls:0 -o 1", home, this::ours)).contains("done 0");
    assertThat(told("direct init -r LS:RA:HOME/res:0", home, this::ours)).contains("done 0");
    assertThat(told("direct acquire -r LS:RA:HOME/res:0 -i 1 -g 1", home, this::ours))
        .contains("done 0");
    assertThat(told("direct write_leader -s LS:3:HOME/ls:0 -F HOME/host", home, this::ours))
        .contains("done 0");
    // The checksums are right, also the one that the original gets wrong.
    assertThat(told("direct read_leader -s LS:3:HOME/ls:0", home, this::theirs))
        .startsWith("read_leader done 0");
    assertThat(told("direct read_leader -r LS:RA:HOME/res:0", home, this::theirs))
        .startsWith("read_leader done 0");
    // This one reads the dblock, too.
    assertThat(told("direct acquire -r LS:RA:HOME/res:0 -i 1 -g 1", home, this::theirs))
        .startsWith("acquire done 0");
    assertThat(told("direct dump HOME/res -f 2", home, this::ours))
        .contains("dblock[0000] mbal 2001 bal 2001 inp 1 inp2 1 inp3 TIME lver 2");
  }

  /** Where the original crashes or writes a lease that nobody can free. */
  @Test
  void whatIsRefusedHere() throws Exception {
    Path home = home("j");
    assertThat(ours("direct", "acquire")).isEqualTo("acquire done -22\nstatus 1\n");
    assertThat(ours("direct", "release")).isEqualTo("release done -22\nstatus 1\n");
    assertThat(told("direct init -r LS:RA:HOME/res:0", home, this::ours)).contains("done 0");
    List<String> before = content(home.resolve("res"));
    assertThat(told("direct acquire -r LS:RA:HOME/res:0 -g 1", home, this::ours))
        .isEqualTo("acquire done -22\nstatus 1\n");
    assertThat(content(home.resolve("res"))).isEqualTo(before);
    assertThat(told("direct next_free HOME/res", home, this::ours))
        .isEqualTo("Cannot find sector_size and align_size, set with -A and -Z.\nstatus 1\n");
  }
}
