// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.conf;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Words for a key that does not exist: the nearest one, else all of them. */
final class UnknownKey {
  private UnknownKey() {}

  static String words(String text, boolean original) {
    Optional<Key> known = Key.of(text);
    if (known.isPresent()) {
      return "the key " + text + " belongs in leasehold.conf: libvirt's plugin has no such key";
    }
    List<String> keys =
        Arrays.stream(Key.values())
            .filter(key -> !original || key.ofTheOriginal())
            .map(Key::text)
            .toList();
    Optional<String> nearest = Nearest.of(text, keys);
    return "unknown key "
        + text
        + nearest
            .map(key -> "; did you mean " + key + "?")
            .orElseGet(() -> "; the keys are " + keys.stream().collect(Collectors.joining(", ")));
  }
}
