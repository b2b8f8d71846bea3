// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.chost;

import java.util.Arrays;

/** What the C daemon remembers of the other hosts, from its renewal reads (4.4). */
final class CHostStatus {

  /** One host. */
  static final class Seen {
    long firstCheck;
    long lastCheck;
    long lastLive;
    long owner;
    long generation;
    long timestamp;
    int ioTimeout;
  }

  private final Seen[] hosts = new Seen[2001];

  CHostStatus() {
    Arrays.setAll(hosts, host -> new Seen());
  }

  void evaluate(byte[] area, int unit, int maxHosts, String space, long now) {
    for (int h = 1; h <= maxHosts; h++) {
      int at = (h - 1) * unit;
      if (hosts[h].firstCheck == 0 && unused(area, at)) {
        continue;
      }
      take(h, new CLeader(Arrays.copyOfRange(area, at, at + 200)), space, now);
    }
  }

  Seen of(long host) {
    return host <= 2000 ? hosts[(int) host] : new Seen();
  }

  private void take(int h, CLeader record, String space, long now) {
    Seen seen = hosts[h];
    seen.lastCheck = now;
    if (seen.firstCheck == 0) {
      seen.firstCheck = now;
    }
    boolean bad = record.magic() != CLeader.DELTA || !record.spaceName().equals(space);
    if (record.owner() == seen.owner
        && record.generation() == seen.generation
        && record.timestamp() == seen.timestamp) {
      return;
    }
    if (!bad) {
      seen.owner = record.owner();
      seen.generation = record.generation();
      seen.ioTimeout = record.ioTimeout();
    }
    seen.timestamp = record.timestamp();
    seen.lastLive = now;
  }

  private static boolean unused(byte[] area, int at) {
    for (int i = 32; i < 48; i++) {
      if (area[at + i] != 0) {
        return false;
      }
    }
    for (int i = 152; i < 160; i++) {
      if (area[at + i] != 0) {
        return false;
      }
    }
    return true;
  }
}
