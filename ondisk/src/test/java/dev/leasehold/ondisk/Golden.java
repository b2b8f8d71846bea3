// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The files in testdata/golden, in the formats that their README describes. */
final class Golden {
  /** A comment that says what a sector holds. */
  record Decoded(String type, Map<String, String> fields) {}

  /** Sectors of equal content, or one write of a trace. */
  record Line(int first, int last, byte[] content, Decoded decoded) {
    MemorySegment segment() {
      return MemorySegment.ofArray(content.clone());
    }
  }

  record GoldenFile(String name, String kind, int sectorSize, List<Line> lines) {
    /** The content of a sector; of a trace, what the last write left there. */
    MemorySegment sector(int number) {
      return lines.reversed().stream()
          .filter(line -> line.first() <= number && number <= line.last())
          .findFirst()
          .map(Line::segment)
          .orElseGet(() -> MemorySegment.ofArray(new byte[sectorSize]));
    }

    LeaderRecord leader(int sector) {
      return LeaderRecord.decode(sector(sector), 0);
    }

    HostSector host(int sector) {
      return HostSector.decode(sector(sector), 0);
    }

    /** The sectors that were listed and are within the length, everything else zero. */
    MemorySegment image(int length) {
      MemorySegment image = MemorySegment.ofArray(new byte[length]);
      for (Line line : lines) {
        int last = Math.min(line.last(), length / sectorSize - 1);
        for (int sector = line.first(); sector <= last; sector++) {
          long at = (long) sector * sectorSize;
          MemorySegment.copy(line.segment(), 0, image, at, sectorSize);
        }
      }
      return image;
    }
  }

  private Golden() {}

  static Path directory() {
    String root = System.getProperty("leasehold.root");
    Path start = Path.of(root == null ? "" : root).toAbsolutePath();
    for (Path at = start; at != null; at = at.getParent()) {
      Path candidate = at.resolve("testdata").resolve("golden");
      if (Files.isDirectory(candidate)) {
        return candidate;
      }
    }
    throw new IllegalStateException("no testdata/golden in or above " + start);
  }

  static GoldenFile file(String name) {
    try {
      return parse(name, Files.readAllLines(directory().resolve(name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All files with this ending. */
  static List<GoldenFile> files(String ending) {
    try (Stream<Path> paths = Files.list(directory())) {
      return paths
          .map(path -> path.getFileName().toString())
          .filter(name -> name.endsWith(ending))
          .sorted()
          .map(Golden::file)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static GoldenFile parse(String name, List<String> text) {
    Map<String, String> meta = new LinkedHashMap<>();
    List<Line> lines = new ArrayList<>();
    Decoded decoded = new Decoded("none", Map.of());
    for (String line : text) {
      if (line.startsWith("@")) {
        String[] words = line.substring(1).split(" ", 2);
        meta.put(words[0], words[1]);
      } else if (line.startsWith("#= ")) {
        decoded = decoded(line.substring(3));
      } else if (!line.startsWith("#") && !line.startsWith("R ") && !line.endsWith(" -")) {
        int size = Integer.parseInt(meta.get("sector_size"));
        String[] words = line.split(" ");
        boolean isWrite = words[0].equals("W");
        String[] range = words[isWrite ? 1 : 0].split("-");
        lines.add(
            new Line(
                Integer.parseInt(range[0]),
                Integer.parseInt(range[range.length - 1]),
                padded(words[words.length - 1], size),
                decoded));
        decoded = new Decoded("none", Map.of());
      }
    }
    int sectorSize = Integer.parseInt(meta.get("sector_size"));
    return new GoldenFile(name, meta.get("kind"), sectorSize, List.copyOf(lines));
  }

  private static Decoded decoded(String text) {
    String[] words = text.split(" ");
    Map<String, String> fields = new LinkedHashMap<>();
    for (int i = 2; i < words.length; i++) {
      String[] field = words[i].split("=", 2);
      fields.put(field[0], field[1]);
    }
    return new Decoded(words[1], fields);
  }

  private static byte[] padded(String hex, int size) {
    byte[] content = new byte[size];
    byte[] head = HexFormat.of().parseHex(hex);
    System.arraycopy(head, 0, content, 0, head.length);
    return content;
  }
}
