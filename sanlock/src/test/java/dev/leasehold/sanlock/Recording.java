// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A recorded conversation (docs/spec/wire.md 10).
 *
 * @param name of the file, without {@code .hex}
 * @param connections in the order in which they were made
 */
public record Recording(String name, List<Connection> connections) {

  /** What travelled over one connection, in order. */
  public record Connection(List<Part> parts) {
    /** Everything that the client sent. */
    public byte[] sent() {
      return joined(true);
    }

    /** Everything that the daemon sent. */
    public byte[] received() {
      return joined(false);
    }

    private byte[] joined(boolean fromClient) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      parts.stream()
          .filter(p -> p.fromClient() == fromClient)
          .forEach(p -> all.writeBytes(p.bytes));
      return all.toByteArray();
    }
  }

  /** Bytes in one direction, without one in the other direction between them. */
  public record Part(boolean fromClient, byte[] bytes) {}

  /** Reads one. */
  public static Recording read(String name) {
    try (InputStream file =
        Objects.requireNonNull(
            Recording.class.getResourceAsStream("/testdata/golden/wire/" + name + ".hex"), name)) {
      return parse(name, new String(file.readAllBytes(), StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Recording parse(String name, String text) {
    List<List<Part>> connections = new ArrayList<>();
    for (String line : text.lines().toList()) {
      if (line.startsWith("connection ")) {
        connections.add(new ArrayList<>());
      } else if (line.startsWith("> ") || line.startsWith("< ")) {
        byte[] bytes = HexFormat.of().parseHex(line.substring(2).replace(" ", ""));
        add(connections.getLast(), line.startsWith(">"), bytes);
      }
    }
    return new Recording(name, connections.stream().map(Connection::new).toList());
  }

  private static void add(List<Part> parts, boolean fromClient, byte[] bytes) {
    if (!parts.isEmpty() && parts.getLast().fromClient() == fromClient) {
      Part last = parts.removeLast();
      byte[] joined = new byte[last.bytes.length + bytes.length];
      System.arraycopy(last.bytes, 0, joined, 0, last.bytes.length);
      System.arraycopy(bytes, 0, joined, last.bytes.length, bytes.length);
      parts.add(new Part(fromClient, joined));
    } else {
      parts.add(new Part(fromClient, bytes));
    }
  }

  /** The names of all recordings. */
  public static List<String> names() {
    try (Stream<Path> files =
        Files.list(Path.of(System.getProperty("leasehold.root"), "testdata", "golden", "wire"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".hex"))
          .map(file -> file.substring(0, file.length() - 4))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
