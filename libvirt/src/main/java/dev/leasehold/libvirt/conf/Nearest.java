// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.conf;

import java.util.List;
import java.util.Optional;

/** Finds what somebody probably meant to type. */
public final class Nearest {
  private static final int MOST_EDITS = 3;

  private Nearest() {}

  /** The word that takes the fewest edits (at most three) to get to, if there is one. */
  public static Optional<String> of(String typed, List<String> words) {
    Optional<String> best = Optional.empty();
    int fewest = Math.min(MOST_EDITS, typed.length() / 2) + 1;
    for (String word : words) {
      int edits = distance(typed, word);
      if (edits < fewest) {
        fewest = edits;
        best = Optional.of(word);
      }
    }
    return best;
  }

  /** Levenshtein's distance, one row at a time. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
