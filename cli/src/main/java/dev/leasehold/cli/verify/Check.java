// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.verify;

/**
 * One thing that leases rely on, and whether it holds here.
 *
 * @param name stable, for programs
 * @param what in words
 * @param outcome what came out
 * @param detail figures, or what is wrong
 */
record Check(String name, String what, Outcome outcome, String detail) {

  /** What came out. */
  enum Outcome {
    /** It holds, as far as it was tried. */
    OK("ok"),
    /** It does not hold: leases here are not safe. */
    FAILED("FAILED"),
    /** It holds, but there is something to know. */
    NOTE("note"),
    /** It could not be tried. */
    SKIPPED("skipped");

    private final String text;

    Outcome(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }
}
