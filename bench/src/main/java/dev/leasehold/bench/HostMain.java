// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.bench;

import dev.leasehold.linux.io.LinuxStorage;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Our engine in a JVM of its own, to see what it uses. Does what standard input says. */
final class HostMain {
  private HostMain() {}

  /** Commands: {@code join ID PATH IO_TIMEOUT}, {@code hold PATH}; each is answered. */
  public static void main(String[] args) throws Exception {
    OurHost host = OurHost.start("our-host", new LinuxStorage());
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.out.println("ready");
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "join" ->
            host.join(Integer.parseInt(words[1]), Path.of(words[2]), Integer.parseInt(words[3]));
        case "hold" -> host.acquire(Stage.request(List.of(Path.of(words[1]))));
        default -> throw new IllegalArgumentException(line);
      }
      System.out.println("done");
    }
  }
}
