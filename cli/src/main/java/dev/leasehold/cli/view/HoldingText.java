// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.Printable;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** Holders in words. */
final class HoldingText {
  private HoldingText() {}

  /** For example {@code qemu (pid 4242) on host kvm3 (host id 3) since 10:21:07}. */
  static String by(Holding holding, Instant now) {
    StringBuilder text = new StringBuilder();
    text.append(Printable.line(holding.who().orElse("a process")));
    holding.pid().ifPresent(pid -> text.append(" (pid ").append(pid).append(')'));
    text.append(" on host ");
    holding.hostName().ifPresent(name -> text.append(Printable.line(name)).append(' '));
    text.append("(host id ").append(Long.toUnsignedString(holding.holder().hostId())).append(')');
    if (holding.since().isPresent()) {
      text.append(" since ").append(since(holding, now));
    }
    return text.toString();
  }

  /** The time of day, with the date if that is not today's; "-" if it is not known. */
  static String since(Holding holding, Instant now) {
    return holding
        .since()
        .map(at -> (holding.sinceExact() ? "" : "about ") + timeOfDay(at, now))
        .orElse("-");
  }

  /** The time of day, with the date if that is not today's. */
  static String timeOfDay(Instant at, Instant now) {
    ZoneId zone = ZoneId.systemDefault();
    LocalDateTime local = LocalDateTime.ofInstant(at, zone).truncatedTo(ChronoUnit.SECONDS);
    String time = DateTimeFormatter.ISO_LOCAL_TIME.format(local);
    boolean today = local.toLocalDate().equals(LocalDateTime.ofInstant(now, zone).toLocalDate());
    return today ? time : local.toLocalDate() + " " + time;
  }

  /**
   * What is known of the holder's host.
   *
   * @param fireTimeout W, which is the same on all hosts
   */
  static String host(Holding holding, int fireTimeout) {
    return holding
        .host()
        .map(
            host ->
                switch (host.state()) {
                  case ALIVE ->
                      "the host is alive ("
                          + (host.seen().isPresent() ? "its renewal was " : "renewed ")
                          + host.renewed()
                          + ")";
                  case SILENT ->
                      "the host shows no sign of life (renewed "
                          + host.renewed()
                          + "): the lease can be taken "
                          + Deadline.of(host, fireTimeout).deadAfter()
                          + " s after its last renewal";
                  case UNKNOWN -> "whether the host is alive was not looked at";
                  case DAMAGED ->
                      "the host's record is damaged ("
                          + Printable.line(host.fault().orElse(""))
                          + "): nobody can take the lease";
                  case LEFT -> "the host has left";
                })
        .orElse("its host id was never used");
  }
}
