// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.mutant;

import dev.leasehold.simulator.cluster.Fault;
import dev.leasehold.simulator.cluster.WorstCase;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A small deliberate change of production code, and where it must show.
 *
 * @param name what is wrong with it
 * @param patches the change
 * @param search the seeds in which it must show
 * @param expected part of the violation that it must cause; empty for any
 */
record Mutant(String name, List<Patch> patches, Search search, String expected) {

  /**
   * One replacement, which must apply exactly once.
   *
   * @param module of the build
   * @param type with its package, dots
   * @param search as in the source, white space apart
   * @param replacement in its place
   */
  record Patch(String module, String type, String search, String replacement) {}

  /**
   * Where it is looked for.
   *
   * @param faults that every seed has; names separated by a bar
   * @param ioTimeout N in seconds, 0 for what each seed picks
   * @param from the seed to begin with, near one that shows it
   * @param seeds within so many it must be found
   * @param scene as in {@link MutantEntry}, if not a random cluster's run is played; else empty
   */
  record Search(String faults, int ioTimeout, long from, int seeds, String scene) {

    private static final int HOSTS = 3;
    private static final int SECONDS = 900;

    /** The order of one seed, as {@link MutantEntry} reads it. */
    String order(long seed) {
      if (!scene.isEmpty()) {
        return seed + "," + scene;
      }
      return seed + "," + HOSTS + "," + SECONDS + "," + ioTimeout + "," + faults;
    }
  }

  static Mutant of(String name) {
    return new Mutant(name, List.of(), new Search("", 1, 1, 40, ""), "");
  }

  Mutant patch(String module, String type, String search, String replacement) {
    Patch patch = new Patch(module, "dev.leasehold." + module + "." + type, search, replacement);
    List<Patch> more = Stream.concat(patches.stream(), Stream.of(patch)).toList();
    return new Mutant(name, more, this.search, expected);
  }

  /** Every seed has these faults. */
  Mutant with(Fault... some) {
    return in(new Search(names(some), search.ioTimeout, search.from, search.seeds, search.scene));
  }

  private static String names(Fault... some) {
    return Stream.of(some).map(Fault::name).collect(Collectors.joining("|"));
  }

  Mutant ioTimeout(int seconds) {
    return in(new Search(search.faults, seconds, search.from, search.seeds, search.scene));
  }

  /** The first seed. */
  Mutant from(long seed) {
    return in(new Search(search.faults, search.ioTimeout, seed, search.seeds, search.scene));
  }

  Mutant within(int most) {
    return in(new Search(search.faults, search.ioTimeout, search.from, most, search.scene));
  }

  /** It shows in the worst case with this N and W 60, whatever the seed. */
  Mutant inTheWorstCase(WorstCase.Way way, int ioTimeout, long driftPpm) {
    String scene = MutantEntry.WORST_CASE + "," + way + "," + ioTimeout + ",60," + driftPpm;
    return in(new Search("", ioTimeout, 1, 1, scene));
  }

  Mutant causing(String violation) {
    return new Mutant(name, patches, search, violation);
  }

  private Mutant in(Search where) {
    return new Mutant(name, patches, where, expected);
  }

  @Override
  public String toString() {
    return name;
  }
}
