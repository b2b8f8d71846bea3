// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.lease.fake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Areas and I/O of the real program, from testdata/golden; formats in its README. */
public final class Golden {
  private static final int SECTOR = 512;

  private Golden() {}

  private static List<String> lines(String name) {
    Path root = Path.of(System.getProperty("leasehold.root", "..")).toAbsolutePath();
    try {
      return Files.readAllLines(root.resolve("testdata/golden").resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A captured area of 512-byte sectors and 1 MiB as a disk. */
  public static MemDisk disk(String name) {
    MemDisk disk = new MemDisk(1 << 20);
    for (String line : lines(name)) {
      if (!line.isEmpty() && Character.isDigit(line.charAt(0))) {
        String[] words = line.split(" ");
        String[] range = words[0].split("-");
        byte[] content = sector(words[1]);
        int last = Integer.parseInt(range[range.length - 1]);
        for (int at = Integer.parseInt(range[0]); at <= last; at++) {
          disk.put((long) at * SECTOR, content);
        }
      }
    }
    return disk;
  }

  private static byte[] sector(String hex) {
    return Arrays.copyOf(HexFormat.of().parseHex(hex), SECTOR);
  }

  /**
   * The I/O of an operation in comparable form: writes with their content, reads of one sector, and
   * reads of more than one sector as "R area" whatever their length, several in a row being one.
   * Left-over memory in host sectors is blanked out.
   */
  public static List<String> trace(String name) {
    List<String> io = new ArrayList<>();
    for (String line : lines(name)) {
      String[] words = line.split(" ");
      if (words[0].equals("R")) {
        read(io, Integer.parseInt(words[1]), Integer.parseInt(words[2]));
      } else if (words[0].equals("W")) {
        write(io, Integer.parseInt(words[1]), sector(words[3]));
      }
    }
    return io;
  }

  /** What a store did, in the same form. */
  public static List<String> trace(List<Op> ops) {
    List<String> io = new ArrayList<>();
    for (Op op : ops) {
      int sector = (int) (op.offset() / SECTOR);
      if (op.write()) {
        write(io, sector, op.content());
      } else {
        read(io, sector, op.length() / SECTOR);
      }
    }
    return io;
  }

  private static void read(List<String> io, int sector, int count) {
    String line = count == 1 ? "R " + sector : "R area";
    if (count == 1 || io.isEmpty() || !io.getLast().equals(line)) {
      io.add(line);
    }
  }

  private static void write(List<String> io, int sector, byte[] content) {
    byte[] clean = content.clone();
    boolean dblock = sector >= 2 && clean[2] != 0x21; // not a delta record
    if (dblock) {
      Arrays.fill(clean, 56, 128, (byte) 0);
      Arrays.fill(clean, 132, 136, (byte) 0);
      Arrays.fill(clean, 144, SECTOR, (byte) 0);
    }
    io.add("W " + sector + " " + HexFormat.of().formatHex(clean).replaceAll("(00)+$", ""));
  }

  /** The timestamp that a trace was recorded at: of the first write that has one at 152. */
  public static long seconds(String name, int sector, int offset) {
    for (String line : lines(name)) {
      String[] words = line.split(" ");
      if (words[0].equals("W") && Integer.parseInt(words[1]) == sector) {
        byte[] content = sector(words[3]);
        long value = 0;
        for (int i = 7; i >= 0; i--) {
          value = value << 8 | (content[offset + i] & 0xFF);
        }
        return value;
      }
    }
    throw new IllegalArgumentException("no write of sector " + sector + " in " + name);
  }
}
