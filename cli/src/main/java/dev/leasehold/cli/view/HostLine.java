// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.local.RunRecord;
import dev.leasehold.ondisk.HostNames;
import java.time.Duration;
import java.util.Optional;

/**
 * One host id of a lease directory, as it was observed.
 *
 * @param name the owner name in its record, as it is there
 * @param generation of its delta lease
 * @param timestamp of its last renewal, by its own clock; 0 if it has left
 * @param ioTimeout N of that host in seconds
 * @param state what was found out
 * @param age how long ago its last renewal was, if that is known
 * @param seen how long ago this host's daemon saw its last renewal, if the age is not known; it was
 *     up to one renewal of the daemon older than that
 * @param silence how long its record was watched without a change
 * @param run what the journal of this machine says of it, if it is a run of this user here
 * @param fault what is wrong with its record
 */
record HostLine(
    long hostId,
    String name,
    long generation,
    long timestamp,
    int ioTimeout,
    State state,
    Optional<Duration> age,
    Optional<Duration> seen,
    Duration silence,
    Optional<RunRecord> run,
    Optional<String> fault) {

  /** What is known of a host without being a member of the lockspace. */
  enum State {
    /** Its record was seen to change, or it is a run of this machine that renews it. */
    ALIVE("alive"),
    /** Its record did not change while a live host would have renewed it. */
    SILENT("silent"),
    /** It was not watched long enough to say. */
    UNKNOWN("unknown"),
    /** It has given its host id back. */
    LEFT("left"),
    /** Its record fails its checks. */
    DAMAGED("damaged");

    private final String text;

    State(String text) {
      this.text = text;
    }

    /** In one word. */
    String text() {
      return text;
    }
  }

  /** Its name for people. */
  String shownName() {
    return HostNames.shown(name);
  }

  /** The same as seen later. */
  HostLine observed(State newState, Optional<Duration> newAge, Duration newSilence) {
    return observed(newState, newAge, Optional.empty(), newSilence);
  }

  /** The same, alive, as this host's daemon saw it. */
  HostLine seenAlive(Duration ago) {
    return observed(State.ALIVE, Optional.empty(), Optional.of(ago), Duration.ZERO);
  }

  private HostLine observed(
      State newState, Optional<Duration> newAge, Optional<Duration> newSeen, Duration newSilence) {
    return new HostLine(
        hostId,
        name,
        generation,
        timestamp,
        ioTimeout,
        newState,
        newAge,
        newSeen,
        newSilence,
        run,
        fault);
  }

  /** When it was last renewed, in words. */
  String renewed() {
    return renewed("more than ");
  }

  /** The same in a table. */
  String renewedBriefly() {
    return renewed("> ");
  }

  private String renewed(String moreThan) {
    return switch (state) {
      case LEFT, DAMAGED -> "-";
      case UNKNOWN -> "not known";
      case SILENT ->
          age.map(known -> known.toSeconds() + " s ago")
              .orElse(moreThan + silence.toSeconds() + " s ago");
      case ALIVE ->
          age.map(known -> known.toSeconds() + " s ago")
              .or(() -> seen.map(ago -> "seen " + ago.toSeconds() + " s ago"))
              .orElse("not known");
    };
  }
}
