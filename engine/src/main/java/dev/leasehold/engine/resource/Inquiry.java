// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.lease.HoldMode;
import java.util.List;

/** The state string of a holder (docs/spec/algorithms.md 5.5, docs/spec/wire.md 6.2 to 6.4). */
public final class Inquiry {
  private Inquiry() {}

  /**
   * For example {@code LS1:RA:/dev/vg/leases:1048576:3 LS1:RB:/dev/vg/leases:2097152:SH}; empty for
   * no leases.
   *
   * @param leases in slot order
   */
  public static String text(List<HeldLease> leases) {
    return String.join(" ", leases.stream().map(Inquiry::text).toList());
  }

  private static String text(HeldLease lease) {
    StringBuilder text = new StringBuilder(lease.where().id().toString());
    for (DiskLocation disk : lease.where().disks()) {
      text.append(':').append(exported(disk.path()));
      text.append(':').append(Long.toUnsignedString(disk.offset()));
    }
    return text.append(':')
        .append(lease.mode() == HoldMode.SHARED ? "SH" : Long.toUnsignedString(lease.lver()))
        .toString();
  }

  /** A backslash before each space and colon that has none; an escaped character stays as it is. */
  private static String exported(String path) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '\\' && i + 1 < path.length()) {
        text.append(c).append(path.charAt(++i));
      } else if (c == ' ' || c == ':') {
        text.append('\\').append(c);
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }
}
