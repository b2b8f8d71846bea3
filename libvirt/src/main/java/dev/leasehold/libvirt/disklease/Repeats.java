// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.disklease;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What a guest has asked for although it has it, and may therefore give up without losing it
 * (docs/libvirt.md, "Asking twice").
 *
 * <p>A start, a resume and a reboot ask for everything over one connection: the same use of it. A
 * request that is alone on its connection is a second use, by an attached disk or a block job. Its
 * end, often at once because QEMU refuses it, must not end the first one. A guest that has one
 * thing only asks at a reboot as an attach does: then a release soon after ends the second use.
 *
 * <p>Not thread-safe.
 */
final class Repeats {
  /** An attach that QEMU refuses is given up within this; a migration so soon is refused. */
  static final Duration DOUBT = Duration.ofSeconds(60);

  private final Map<Wanted.Key, Uses> uses = new HashMap<>();
  private final LongSupplier bootNanos;

  private record Uses(int more, long since) {}

  /**
   * @param bootNanos a clock that counts suspended time
   */
  Repeats(LongSupplier bootNanos) {
    this.bootNanos = bootNanos;
  }

  /**
   * Something is granted.
   *
   * @param had whether the guest had it before
   * @param only whether it is all that the guest has
   * @param asks of the connection: if there are several, they tell all uses
   */
  void granted(Wanted wanted, boolean had, boolean only, Asks asks) {
    if (asks.several()) {
      asks.times().forEach((key, times) -> put(key, times - 1));
    } else if (had) {
      int before = isDoubtful(wanted, only) ? 0 : of(wanted.key()).map(Uses::more).orElse(0);
      put(wanted.key(), before + 1);
    }
  }

  /** Whether giving it up ends only one of several uses; that one is forgotten. */
  boolean oneEnds(Wanted wanted, boolean only) {
    Optional<Uses> known = of(wanted.key());
    uses.remove(wanted.key());
    if (known.isEmpty()
        || (isDoubtful(wanted, only)
            && bootNanos.getAsLong() - known.get().since() > DOUBT.toNanos())) {
      return false;
    }
    put(wanted.key(), known.get().more() - 1);
    return true;
  }

  /** A shared lease that is kept for too long is in nobody's way who migrates. */
  private static boolean isDoubtful(Wanted wanted, boolean only) {
    return only && !wanted.shared();
  }

  private Optional<Uses> of(Wanted.Key key) {
    return Optional.ofNullable(uses.get(key));
  }

  private void put(Wanted.Key key, int more) {
    if (more > 0) {
      uses.put(key, new Uses(more, bootNanos.getAsLong()));
    } else {
      uses.remove(key);
    }
  }
}
