// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.text;

import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.Flags;
import dev.leasehold.sanlock.wire.PathField;
import dev.leasehold.sanlock.wire.WireDisk;
import dev.leasehold.sanlock.wire.WireResource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Resources as {@code LS:NAME[:PATH:OFFSET]…[:LVER|:SH]} (docs/spec/wire.md 6.2). */
public final class ResourceText {
  private static final int SHORTEST = 3;
  private static final int MAX_PRINTED = 4400;

  private ResourceText() {}

  /**
   * Reads one.
   *
   * @throws TextFault -6 too short; -2 more than four disks; -1 otherwise
   */
  public static WireResource parse(String text) throws TextFault {
    if (Escapes.size(text) < SHORTEST) {
      throw new TextFault(-6, "\"" + text + "\" is too short for a resource");
    }
    List<String> parts = Escapes.split(text, ':', Integer.MAX_VALUE);
    int colons = parts.size() - 1;
    if (colons == 0 || colons == 2) {
      throw fault(text, "expected LOCKSPACE:NAME:PATH:OFFSET");
    }
    int disks = (colons - 1) / 2;
    if (disks > WireResource.MAX_DISKS) {
      throw new TextFault(-2, "\"" + text + "\" has " + disks + " disks, at most 4 are possible");
    }
    if (endsInBackslash(text)) {
      throw fault(text, "it ends in a backslash");
    }
    List<WireDisk> places = new ArrayList<>();
    for (int i = 0; i < disks; i++) {
      places.add(disk(text, parts.get(2 + 2 * i), parts.get(3 + 2 * i)));
    }
    WireResource resource =
        WireResource.of(name(text, parts.get(0)), name(text, parts.get(1)), places);
    boolean more = (colons - 1) % 2 == 1;
    return more ? withLast(text, resource, unescaped(parts.getLast())) : resource;
  }

  private static WireResource withLast(String text, WireResource resource, String last)
      throws TextFault {
    checkLength(text, last);
    return last.startsWith("SH")
        ? resource.withFlags(Flags.RES_SHARED)
        : resource.withFlags(Flags.RES_LVER).withLver(CNumbers.strtoull(last));
  }

  private static Name name(String text, String part) throws TextFault {
    byte[] bytes = unescaped(part).getBytes(StandardCharsets.UTF_8);
    if (bytes.length > Name.SIZE) {
      throw fault(text, "a name has at most 48 bytes");
    }
    return Name.ofBytes(bytes);
  }

  private static WireDisk disk(String text, String path, String offset) throws TextFault {
    String unescaped = unescaped(path);
    checkLength(text, unescaped);
    checkLength(text, offset);
    long place =
        CNumbers.unsigned(unescaped(offset))
            .orElseThrow(() -> fault(text, "\"" + offset + "\" is no offset"));
    return WireDisk.of(unescaped, place);
  }

  private static void checkLength(String text, String part) throws TextFault {
    if (part.isEmpty() || Escapes.size(part) >= PathField.SIZE) {
      throw fault(text, "a part is empty or longer than 1023 bytes");
    }
  }

  private static TextFault fault(String text, String why) {
    return new TextFault(-1, "\"" + text + "\" is no resource: " + why);
  }

  private static boolean endsInBackslash(String text) {
    int backslashes = 0;
    while (backslashes < text.length() && text.charAt(text.length() - 1 - backslashes) == '\\') {
      backslashes++;
    }
    return backslashes % 2 == 1;
  }

  private static String unescaped(String part) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      text.append(c == '\\' && i + 1 < part.length() ? part.charAt(++i) : c);
    }
    return text.toString();
  }

  /**
   * Writes one: with version 0 if it has none.
   *
   * @throws TextFault -22 if it gets longer than 4400 bytes
   */
  public static String print(WireResource resource) throws TextFault {
    StringBuilder text = new StringBuilder();
    text.append(resource.lockspace()).append(':').append(resource.name());
    for (WireDisk disk : resource.disks()) {
      text.append(':').append(Escapes.exported(disk.path().toString()));
      text.append(':').append(Long.toUnsignedString(disk.offset()));
    }
    boolean shared = Flags.has(resource.flags(), Flags.RES_SHARED);
    text.append(':').append(shared ? "SH" : Long.toUnsignedString(resource.lver()));
    if (Escapes.size(text.toString()) > MAX_PRINTED) {
      throw new TextFault(-22, "the resource is longer than " + MAX_PRINTED + " bytes");
    }
    return text.toString();
  }
}
