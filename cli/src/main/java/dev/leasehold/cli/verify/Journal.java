// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.verify;

import java.util.Random;

/**
 * The record of critical sections: for section i a BEGIN in sector 2i and an END in sector 2i+1.
 * Who is in its section writes there, after it has read what the one before wrote; so two that were
 * in their sections at once leave a trace that cannot be explained otherwise. Not thread-safe.
 */
final class Journal {
  private static final String NAME = "exclusion";
  private static final int CHUNK = 64;
  private static final int MOST_PAUSE_MILLIS = 4;

  private final Files512 file;
  private final Random random = new Random();
  private long next;

  Journal(Files512 file) {
    this.file = file;
  }

  /** How many sections there are at least. */
  long sections() {
    return next;
  }

  boolean isFull() {
    return next >= Session.SECTIONS;
  }

  /**
   * One critical section, under the lease.
   *
   * @param owner who has the lease
   * @param lver of the lease
   */
  void section(long owner, long lver) throws Files512.Unsound, InterruptedException {
    findEnd();
    if (isFull()) {
      return;
    }
    Stamp begin = new Stamp(Stamp.BEGIN, next, owner, lver, System.nanoTime());
    file.write(2 * next, begin);
    Thread.sleep(random.nextInt(MOST_PAUSE_MILLIS));
    require(file.read(2 * next), begin, "somebody wrote into the section of host " + owner);
    file.write(2 * next + 1, new Stamp(Stamp.END, next, owner, lver, begin.nanos()));
    next++;
  }

  private void findEnd() throws Files512.Unsound {
    while (!isFull()) {
      int count = (int) Math.min(CHUNK, 2L * (Session.SECTIONS - next));
      Stamp.Content[] found = file.read(2 * next, count);
      for (int i = 0; i < count; i += 2) {
        if (found[i] instanceof Stamp.Content.Empty) {
          return;
        }
        Stamp begin = whole(found[i], Stamp.BEGIN, next);
        Stamp end = whole(found[i + 1], Stamp.END, next);
        if (begin.owner() != end.owner() || begin.version() != end.version()) {
          throw new Files512.Unsound(NAME, "section " + next + " has two owners");
        }
        next++;
      }
    }
  }

  private static Stamp whole(Stamp.Content content, long kind, long number)
      throws Files512.Unsound {
    return switch (content) {
      case Stamp.Content.Whole(Stamp stamp) when stamp.kind() == kind && stamp.number() == number ->
          stamp;
      case Stamp.Content.Whole(Stamp stamp) ->
          throw new Files512.Unsound(NAME, "section " + number + " holds " + stamp);
      case Stamp.Content.Empty _ ->
          throw new Files512.Unsound(
              NAME, "section " + number + " began and has not ended: two hosts were in it");
      case Stamp.Content.Torn _ ->
          throw new Files512.Unsound("sector-atomicity", "section " + number + " is torn");
    };
  }

  private static void require(Stamp.Content found, Stamp wanted, String words)
      throws Files512.Unsound {
    if (!(found instanceof Stamp.Content.Whole(Stamp stamp) && stamp.equals(wanted))) {
      throw new Files512.Unsound(NAME, words + ": found " + found);
    }
  }

  /** The whole record, read again when all is over. */
  record Proof(long sections, long handovers, long owners) {}

  /** Reads all of it and checks it: whole sections, and versions that rise with every hand-over. */
  static Proof prove(Files512 file) throws Files512.Unsound {
    long sections = 0;
    long handovers = 0;
    java.util.Set<Long> owners = new java.util.HashSet<>();
    Stamp before = new Stamp(Stamp.BEGIN, 0, -1, 0, 0);
    while (sections < Session.SECTIONS) {
      Stamp.Content[] found = file.read(2 * sections, 2);
      if (found[0] instanceof Stamp.Content.Empty) {
        break;
      }
      Stamp begin = whole(found[0], Stamp.BEGIN, sections);
      Stamp end = whole(found[1], Stamp.END, sections);
      if (begin.owner() != end.owner() || begin.version() <= before.version()) {
        throw new Files512.Unsound(
            NAME, "section " + sections + " of " + begin + " came after " + before);
      }
      handovers += begin.owner() == before.owner() ? 0 : 1;
      owners.add(begin.owner());
      before = begin;
      sections++;
    }
    return new Proof(sections, Math.max(0, handovers - 1), owners.size());
  }
}
