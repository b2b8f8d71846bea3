// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.disk;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What a transfer means, in words, for the timeline. Read straight from the bytes. */
public final class SectorWords {

  private static final int DELTA = 0x12212010;
  private static final int PAXOS = 0x06152010;
  private static final int CLEARED = 0x11282016;
  private static final int REQUEST = 0x08292011;

  private SectorWords() {}

  static String issued(Transfer transfer) {
    return brief(transfer)
        + (transfer.write && transfer.sectors == 1 ? " := " + words(transfer.content) : "");
  }

  static String completed(Transfer transfer) {
    String what = transfer.orphaned ? "without issuer: " : transfer.abandoned ? "LATE: " : "done: ";
    if (transfer.errno != 0) {
      what = "failed with " + transfer.errno + ": ";
    }
    boolean tells = !transfer.write && transfer.errno == 0;
    return what + brief(transfer) + (tells ? " = " + words(transfer.block.memory()) : "");
  }

  static String brief(Transfer transfer) {
    String where =
        transfer.sectors == 1
            ? "sector " + transfer.first
            : "sectors " + transfer.first + ".." + (transfer.first + transfer.sectors - 1);
    return (transfer.write ? "write " : "read ") + where + " of " + transfer.file.madeAs();
  }

  /** A sector (or the first one of several) in words. */
  public static String words(byte[] sector) {
    ByteBuffer in = ByteBuffer.wrap(sector).order(ByteOrder.LITTLE_ENDIAN);
    return switch (in.getInt(0)) {
      case DELTA ->
          "delta{host "
              + in.getLong(32)
              + " gen "
              + in.getLong(40)
              + " ts "
              + in.getLong(152)
              + "}";
      case PAXOS -> leader(in);
      case CLEARED -> "cleared lease";
      case REQUEST -> "request{lver " + in.getLong(8) + " mode " + in.getInt(16) + "}";
      default -> hostSector(in);
    };
  }

  private static String leader(ByteBuffer in) {
    return "leader{lver "
        + in.getLong(48)
        + (in.getLong(152) == 0 ? " free, last owner " : " owner ")
        + in.getLong(32)
        + "/"
        + in.getLong(40)
        + " ts "
        + in.getLong(152)
        + ", by "
        + in.getLong(176)
        + "/"
        + in.getLong(184)
        + ((in.getInt(8) & 1) != 0 ? ", short hold" : "")
        + "}";
  }

  private static String hostSector(ByteBuffer in) {
    String mode = in.getInt(128) == 0 ? "" : " SHARED gen " + in.getLong(136);
    if (in.getLong(0) == 0 && in.getLong(40) == 0) {
      return "zero" + mode;
    }
    return "dblock{mbal "
        + in.getLong(0)
        + " bal "
        + in.getLong(8)
        + " inp "
        + in.getLong(16)
        + "/"
        + in.getLong(24)
        + " lver "
        + in.getLong(40)
        + ((in.getInt(52) & 1) != 0 ? " RELEASED" : "")
        + mode
        + "}";
  }
}
