// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.dist;

import java.nio.file.Path;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A document of the directory {@code docs} as it is installed: a link to what is not installed
 * would lead nowhere, so the file is named in its place.
 */
final class InstalledPage {
  /** Words in brackets, and where they lead: a file, and perhaps a heading in it. */
  static final Pattern LINK = Pattern.compile("\\[([^\\]]+)\\]\\(([^)#\\s]*)(#[^)\\s]*)?\\)");

  private static final Path DOCS = Path.of("docs");

  private InstalledPage() {}

  /**
   * The page, from its text.
   *
   * @param installed what is, relative to the directory
   */
  static String of(String text, Set<String> installed) {
    return LINK.matcher(text)
        .replaceAll(link -> Matcher.quoteReplacement(installed(link, installed)));
  }

  private static String installed(MatchResult link, Set<String> installed) {
    String target = link.group(2);
    if (target.isEmpty() || target.contains("://") || installed.contains(target)) {
      return link.group();
    }
    String file = DOCS.resolve(target).normalize() + " in the sources";
    return link.group(1).equals(target) ? file : link.group(1) + " (" + file + ")";
  }
}
