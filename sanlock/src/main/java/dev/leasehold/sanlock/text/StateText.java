// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.text;

import dev.leasehold.sanlock.wire.WireResource;
import java.util.ArrayList;
import java.util.List;

/** What INQUIRE answers: resources, separated by spaces (docs/spec/wire.md 6.3). */
public final class StateText {
  private static final int COLONS_OF_NAMES = 3;

  private StateText() {}

  /**
   * Reads the resources of a state.
   *
   * @throws TextFault as {@link ResourceText#parse}; -6 for an empty text
   */
  public static List<WireResource> parse(String text) throws TextFault {
    List<WireResource> resources = new ArrayList<>();
    for (String part : split(text)) {
      resources.add(ResourceText.parse(part));
    }
    return resources;
  }

  /** Splits at spaces, but one before the third colon of a resource belongs to its names. */
  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    int colons = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        part.append(c).append(text.charAt(++i));
      } else if (c == ' ' && colons >= COLONS_OF_NAMES) {
        parts.add(part.toString());
        part.setLength(0);
        colons = 0;
      } else {
        colons += c == ':' ? 1 : 0;
        part.append(c);
      }
    }
    parts.add(part.toString());
    return parts;
  }

  /**
   * Writes resources.
   *
   * @throws TextFault as {@link ResourceText#print}
   */
  public static String print(List<WireResource> resources) throws TextFault {
    List<String> parts = new ArrayList<>();
    for (WireResource resource : resources) {
      parts.add(ResourceText.print(resource));
    }
    return String.join(" ", parts);
  }
}
