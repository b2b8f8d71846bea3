// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.disklease;

import java.util.HashMap;
import java.util.Map;

/**
 * What one connection has asked for: libvirt opens one for each thing that it does, so this tells a
 * start or a reboot, which asks for all that the guest has, from an attached disk. One thread.
 */
public final class Asks {
  private final Map<Wanted.Key, Integer> times = new HashMap<>();
  private int all;

  void add(Wanted.Key key) {
    times.merge(key, 1, Integer::sum);
    all++;
  }

  /** It was not granted: no use of it comes of that. */
  void refused(Wanted.Key key) {
    times.merge(key, -1, Integer::sum);
  }

  /** Whether the last thing was not the only one. */
  boolean several() {
    return all > 1;
  }

  /** How often what was asked for and not refused. */
  Map<Wanted.Key, Integer> times() {
    return Map.copyOf(times);
  }
}
