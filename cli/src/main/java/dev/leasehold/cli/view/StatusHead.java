// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.Printable;
import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.cli.hostdaemon.DaemonAnswer;
import dev.leasehold.cli.hostdaemon.DaemonFacts;
import dev.leasehold.cli.hostdaemon.DaemonSpace;
import dev.leasehold.cli.hostdaemon.DaemonSpace.Health;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The first lines of {@code status}: what is known without reading the lease directory. */
final class StatusHead {
  private static final int MOST_NAMES = 60;

  private StatusHead() {}

  static String text(LeaseDirectory directory, DaemonAnswer daemon) {
    StringBuilder text = new StringBuilder();
    line(text, "lease directory", directory.shown() + origin(directory));
    if (daemon.joined().isPresent()) {
      joined(text, daemon.joined().get());
    } else {
      line(text, "daemon", daemon(daemon));
    }
    line(text, "watchdog", StatusWatchdog.words(directory, daemon));
    daemon.said().ifPresent(facts -> others(text, facts));
    return text.toString();
  }

  static void line(StringBuilder text, String label, String words) {
    text.append(String.format("%-17s", label)).append(words).append('\n');
  }

  private static String origin(LeaseDirectory directory) {
    return switch (directory.origin()) {
      case DEFAULT -> " (default, this machine only)";
      case DAEMON -> " (of this host's daemon)";
      case NAMED -> "";
    };
  }

  /** Of one that has not joined the directory, or could not be asked. */
  static String daemon(DaemonAnswer daemon) {
    return switch (daemon) {
      case DaemonAnswer.Absent absent ->
          "none answers at " + Printable.line(absent.socket().toString());
      case DaemonAnswer.Mute mute -> mute.why() + " at " + Printable.line(mute.socket().toString());
      case DaemonAnswer.Told _ -> "has not joined this directory";
    };
  }

  private static void joined(StringBuilder text, DaemonFacts facts) {
    DaemonSpace here = facts.here().orElseThrow();
    line(text, "this host", health(here));
    if (here.isAtRisk() && !facts.held().isEmpty()) {
      line(text, "at risk", held(facts));
    }
  }

  private static String held(DaemonFacts facts) {
    long leases = facts.held().stream().map(held -> held.lease()).distinct().count();
    long processes = facts.held().stream().map(held -> held.pid()).distinct().count();
    return leases
        + (leases == 1 ? " lease held here, for " : " leases held here, for ")
        + processes
        + (processes == 1 ? " process" : " processes");
  }

  /** A lockspace in words that fit beside a label. */
  static String health(DaemonSpace space) {
    String id = "host id " + space.hostId();
    long ago = space.unrenewed().toSeconds();
    long left = space.lostIn().toSeconds();
    return switch (space.health()) {
      case JOINING -> id + ", is being joined";
      case LEAVING -> id + ", is being left, renewed " + ago + " s ago";
      case WELL -> id + ", renewed " + ago + " s ago, its leases are good for " + left + " s";
      case FAILING -> id + ", RENEWALS FAIL, renewed " + ago + " s ago, lost in " + left + " s";
      case AT_RISK ->
          "AT RISK: " + id + ", not renewed for " + ago + " s, leases lost in " + left + " s";
      case LOST -> "LOST: " + id + ", not renewed for " + ago + " s, holders are being ended";
    };
  }

  /** The daemon's other lockspaces: what is not well by name, the rest in one line. */
  private static void others(StringBuilder text, DaemonFacts facts) {
    List<String> well = new ArrayList<>();
    for (DaemonSpace space : facts.lockspaces()) {
      if (facts.here().filter(space::equals).isPresent()) {
        continue;
      }
      if (space.health() == Health.WELL) {
        well.add(Printable.line(space.name()));
      } else {
        line(text, "lockspace", Printable.line(space.name()) + ": " + health(space));
      }
    }
    if (!well.isEmpty()) {
      String names = well.stream().sorted().collect(Collectors.joining(", "));
      String words = names.length() <= MOST_NAMES ? names : well.size() + " lockspaces";
      line(text, "also renewed", words);
    }
  }
}
