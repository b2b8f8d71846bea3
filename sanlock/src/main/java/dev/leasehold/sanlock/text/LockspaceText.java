// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.text;

import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.Octets;
import dev.leasehold.sanlock.wire.PathField;
import dev.leasehold.sanlock.wire.WireDisk;
import dev.leasehold.sanlock.wire.WireLockspace;
import java.util.List;

/** Lockspaces as {@code NAME:HOST_ID:PATH:OFFSET} (docs/spec/wire.md 6.1). */
public final class LockspaceText {
  private static final int FIELDS = 5;
  private static final int MAX_PATH = PathField.SIZE - 1;

  private LockspaceText() {}

  /** Reads one. There are no errors: what is missing is empty or 0. */
  public static WireLockspace parse(String text) {
    // A fifth part and what follows it is ignored.
    List<String> parts = Escapes.split(text, ':', FIELDS);
    Name name = Name.ofBytes(Escapes.cut(parts.get(0), Name.SIZE));
    long hostId = parts.size() > 1 ? CNumbers.atoll(parts.get(1)) : 0;
    String path = parts.size() > 2 ? Escapes.imported(parts.get(2)) : "";
    long offset = parts.size() > 3 ? CNumbers.atoll(parts.get(3)) : 0;
    PathField field = new PathField(Octets.of(Escapes.cut(path, MAX_PATH)));
    return new WireLockspace(name, hostId, 0, new WireDisk(field, offset, 0, 0));
  }

  /** Writes one, with the path escaped. */
  public static String print(WireLockspace lockspace) {
    return lockspace.name()
        + ":"
        + Long.toUnsignedString(lockspace.hostId())
        + ":"
        + Escapes.exported(lockspace.disk().path().toString())
        + ":"
        + Long.toUnsignedString(lockspace.disk().offset());
  }
}
