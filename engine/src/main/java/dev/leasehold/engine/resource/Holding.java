// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.engine.resource;

import dev.leasehold.lease.HoldMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * Who holds a lease.
 *
 * @param hostId the owner's host id
 * @param generation its generation, 0 if unknown
 * @param hostName the owner's name for people, see {@link dev.leasehold.ondisk.HostNames#best}
 * @param alive whether that host is alive, as far as this host knows; empty if it does not
 * @param local whether it is this very engine
 * @param mode how it is held
 * @param pid the holder process on that host, if its note or our own table tells
 * @param who what it calls itself, e.g. {@code guest web1} or a command line, likewise
 * @param guestUuid the guest's UUID, if it is a guest that has one, likewise
 * @param disk the disk that the lease is for, if the note or our own table tells
 * @param since when it was acquired, in wall-clock time
 * @param sinceExact whether {@code since} was noted down by the owner; otherwise it is reckoned
 *     from the owner's clock and may be off by a few renewals
 */
public record Holding(
    long hostId,
    long generation,
    Optional<String> hostName,
    Optional<Boolean> alive,
    boolean local,
    HoldMode mode,
    OptionalInt pid,
    Optional<String> who,
    Optional<UUID> guestUuid,
    Optional<String> disk,
    Optional<Instant> since,
    boolean sinceExact) {

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");
  private static final DateTimeFormatter DATE_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  /**
   * For example {@code disk /srv/a.qcow2 is in use by guest web1 (pid 4242) on host kvm3 (host id
   * 3) since 10:21:07}. Text from the disk is made safe for terminals.
   *
   * @param subject what is in use
   * @param now decides whether the date is worth saying
   * @param zone in which times are shown
   */
  public String sentence(String subject, Instant now, ZoneId zone) {
    StringBuilder text = new StringBuilder(subject);
    text.append(mode == HoldMode.SHARED ? " is in shared use" : " is in use");
    if (who.isPresent() || pid.isPresent()) {
      text.append(" by ").append(who.map(Holding::printable).orElse("a process"));
      text.append(identity());
    }
    text.append(local ? " on this host" : " on host");
    hostName.ifPresent(name -> text.append(local ? ", " : " ").append(printable(name)));
    text.append(hostName.isPresent() || local ? " (host id " : " id ").append(hostId);
    text.append(hostName.isPresent() || local ? ")" : "");
    since.ifPresent(
        at -> text.append(sinceExact ? " since " : " since about ").append(at(at, now, zone)));
    return text.toString();
  }

  /** For example {@code (uuid 6b5f…, pid 4242)}. */
  private String identity() {
    List<String> parts = new ArrayList<>();
    guestUuid.ifPresent(uuid -> parts.add("uuid " + uuid));
    pid.ifPresent(p -> parts.add("pid " + p));
    return parts.isEmpty() ? "" : " (" + String.join(", ", parts) + ")";
  }

  private static String at(Instant time, Instant now, ZoneId zone) {
    ZonedDateTime local = time.atZone(zone);
    boolean today = local.toLocalDate().equals(LocalDate.ofInstant(now, zone));
    return (today ? TIME : DATE_TIME).format(local);
  }

  private static String printable(String text) {
    return text.codePoints()
        .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
