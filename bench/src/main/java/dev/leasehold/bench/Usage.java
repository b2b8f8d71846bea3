// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The memory of a process at one moment, from /proc.
 *
 * @param residentKiB VmRSS
 * @param privateKiB RssAnon: what it shares with nobody
 * @param threads how many
 */
record Usage(long residentKiB, long privateKiB, long threads) {

  static Usage of(long pid) throws IOException {
    List<String> status = Files.readAllLines(Path.of("/proc/" + pid + "/status"));
    return new Usage(value(status, "VmRSS:"), value(status, "RssAnon:"), value(status, "Threads:"));
  }

  private static long value(List<String> status, String key) {
    return status.stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(key.length()).trim().split(" +", 2)[0])
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElse(0);
  }
}
