// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where to listen.
 *
 * @param host a name or address; empty for the loopback
 * @param port 0 for any that is free
 * @param socket a local socket, in the place of host and port
 */
public record ListenAddress(String host, int port, Optional<Path> socket) {
  private static final int MOST = 65_535;
  private static final String UNIX = "unix:";

  /** Of host and port. */
  public ListenAddress(String host, int port) {
    this(host, port, Optional.empty());
  }

  /**
   * Reads {@code unix:PATH}, {@code HOST:PORT}, {@code [ADDRESS]:PORT}, {@code :PORT} or {@code
   * PORT}.
   *
   * @throws IllegalArgumentException with words for an administrator
   */
  public static ListenAddress parse(String text) {
    if (text.startsWith(UNIX + "/")) {
      return new ListenAddress("", 0, Optional.of(Path.of(text.substring(UNIX.length()))));
    }
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (port >= 0 && port <= MOST) {
        return new ListenAddress(host, port);
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        "\""
            + text
            + "\": expected HOST:PORT, such as 127.0.0.1:9760; HOST may be left out;"
            + " or unix:/PATH");
  }

  /** As a socket address; a host that is not named is this one and nobody else's. */
  InetSocketAddress internet() throws IOException {
    InetAddress address =
        host.isEmpty() ? InetAddress.getLoopbackAddress() : InetAddress.getByName(host);
    return new InetSocketAddress(address, port);
  }
}
