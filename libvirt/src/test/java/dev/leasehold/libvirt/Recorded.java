// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A recorded conversation with virtlockd ({@code testdata/golden/virtlockd/README.md}).
 *
 * @param name of the file
 * @param steps in the order in which they happened
 */
public record Recorded(String name, List<Step> steps) {
  private static final Path PLACE =
      Path.of(System.getProperty("leasehold.root"), "testdata", "golden", "virtlockd");
  private static final Pattern OPEN = Pattern.compile("@ conn=(\\d+) open .*peer_pid=(\\d+).*");
  private static final Pattern EOF = Pattern.compile("@ conn=(\\d+) eof.*");
  private static final Pattern MESSAGE = Pattern.compile("([<>]) conn=(\\d+) ;.*");

  /** Something that happened on a connection. */
  public sealed interface Step {
    /** Which connection. */
    int connection();
  }

  /** A client connected. */
  public record Opened(int connection, int pid) implements Step {}

  /** A client sent something. */
  public record Sent(int connection, byte[] bytes) implements Step {}

  /** virtlockd answered something. */
  public record Received(int connection, byte[] bytes) implements Step {}

  /** A client closed its end. */
  public record Closed(int connection) implements Step {}

  /** All recordings, by name. */
  public static List<String> names() {
    try (Stream<Path> files = Files.list(PLACE)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".hex"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads one. */
  public static Recorded read(String name) {
    List<Step> steps = new ArrayList<>();
    try {
      // Comments hold bytes that are no text.
      List<String> lines =
          Files.readString(PLACE.resolve(name), StandardCharsets.ISO_8859_1).lines().toList();
      for (int i = 0; i < lines.size(); i++) {
        i = step(lines, i, steps);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Recorded(name, steps);
  }

  private static int step(List<String> lines, int at, List<Step> steps) {
    String line = lines.get(at);
    Matcher open = OPEN.matcher(line);
    Matcher eof = EOF.matcher(line);
    Matcher message = MESSAGE.matcher(line);
    if (open.matches()) {
      steps.add(new Opened(Integer.parseInt(open.group(1)), Integer.parseInt(open.group(2))));
    } else if (eof.matches()) {
      steps.add(new Closed(Integer.parseInt(eof.group(1))));
    } else if (message.matches()) {
      return message(lines, at, message, steps);
    }
    return at;
  }

  private static int message(List<String> lines, int at, Matcher head, List<Step> steps) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int next = at + 1;
    while (next < lines.size() && !lines.get(next).isBlank()) {
      String hex = lines.get(next).split(";", 2)[0].replace(" ", "");
      bytes.writeBytes(HexFormat.of().parseHex(hex));
      next++;
    }
    int connection = Integer.parseInt(head.group(2));
    steps.add(
        head.group(1).equals(">")
            ? new Sent(connection, bytes.toByteArray())
            : new Received(connection, bytes.toByteArray()));
    return next;
  }
}
