// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.text;

import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.Octets;
import dev.leasehold.sanlock.wire.PathField;
import dev.leasehold.sanlock.wire.WireDisk;
import dev.leasehold.sanlock.wire.WireEntry;
import dev.leasehold.sanlock.wire.WireIndex;
import java.util.List;

/** Resource indexes as {@code LS:PATH:OFFSET}, entries as {@code NAME:OFFSET} (6.5). */
public final class IndexText {
  private static final int MAX_PATH = PathField.SIZE - 1;
  private static final long MIB = 1 << 20;

  private IndexText() {}

  /** Reads an index; the offset may be in MiB, as in {@code 8M}. What is missing is empty or 0. */
  public static WireIndex parseIndex(String text) {
    List<String> parts = Escapes.split(text, ':', 4);
    Name lockspace = Name.ofBytes(Escapes.cut(parts.get(0), Name.SIZE));
    String path = parts.size() > 1 ? Escapes.imported(parts.get(1)) : "";
    long offset = parts.size() > 2 ? offset(parts.get(2)) : 0;
    PathField field = new PathField(Octets.of(Escapes.cut(path, MAX_PATH)));
    return WireIndex.of(lockspace, new WireDisk(field, offset, 0, 0));
  }

  /** Reads an entry: {@code NAME}, {@code NAME:OFFSET} or {@code :OFFSET}. */
  public static WireEntry parseEntry(String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    long offset = colon < 0 ? 0 : offset(text.substring(colon + 1));
    return WireEntry.of(Name.ofBytes(Escapes.cut(name, Name.SIZE)), offset);
  }

  /** A number of bytes, or of MiB with an M behind it. */
  public static long offset(String text) {
    int end = 0;
    while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
      end++;
    }
    boolean mebibytes = end > 0 && text.startsWith("M", end);
    return CNumbers.atoll(text) * (mebibytes ? MIB : 1);
  }
}
