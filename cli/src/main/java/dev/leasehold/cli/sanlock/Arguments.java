// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.sanlock;

import dev.leasehold.sanlock.text.IndexText;
import dev.leasehold.sanlock.text.LockspaceText;
import dev.leasehold.sanlock.wire.Flags;
import dev.leasehold.sanlock.wire.WireEntry;
import dev.leasehold.sanlock.wire.WireIndex;
import dev.leasehold.sanlock.wire.WireLockspace;
import dev.leasehold.sanlock.wire.WireResource;
import java.util.Optional;

/** What a command line names, as it goes over the wire. */
final class Arguments {
  private static final int ALIGN_SHIFT = 20;

  private Arguments() {}

  /** The lockspace of {@code -s}, empty if there is none. */
  static WireLockspace lockspace(Line line) {
    String text = line.text('s').map(Mebibytes::inLockspace).orElse("");
    return LockspaceText.parse(text);
  }

  static boolean hasLockspacePath(Line line) {
    return line.has('s') && !lockspace(line).disk().path().toString().isEmpty();
  }

  static Optional<WireResource> resource(Line line) {
    return line.resources().stream().findFirst();
  }

  /** The index of {@code -x}. */
  static WireIndex index(Line line) {
    return IndexText.parseIndex(line.text('x').orElse(""));
  }

  /** The entry of {@code -e}. */
  static WireEntry entry(Line line) {
    return line.text('e').map(IndexText::parseEntry).orElse(WireEntry.NONE);
  }

  /** The bits of {@code -Z} and {@code -A}. */
  static int sizeBits(Line line) {
    int sector =
        switch (line.sectorSize()) {
          case 512 -> Flags.SECTOR_512;
          case 4096 -> Flags.SECTOR_4K;
          default -> 0;
        };
    int align = line.alignSize();
    return sector | (align == 0 ? 0 : Flags.ALIGN_1M * (align >>> ALIGN_SHIFT));
  }

  /** The sector size that bits stand for; 0 for none. */
  static int sectorSize(int bits) {
    return Flags.has(bits, Flags.SECTOR_512) ? 512 : Flags.has(bits, Flags.SECTOR_4K) ? 4096 : 0;
  }

  /** The align size that bits stand for; 0 for none. */
  static int alignSize(int bits) {
    return (Integer.lowestOneBit(bits & Flags.ALIGN_BITS) / Flags.ALIGN_1M) << ALIGN_SHIFT;
  }
}
