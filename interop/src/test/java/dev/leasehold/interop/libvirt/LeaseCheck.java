// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.cli.Command;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Terminal;
import dev.leasehold.cli.args.Parser;
import dev.leasehold.cli.args.UsageException;
import dev.leasehold.cli.view.StatusCommand;
import dev.leasehold.cli.view.WhoCommand;
import dev.leasehold.libvirt.naming.LeaseName;
import dev.leasehold.ondisk.BallotArea;
import dev.leasehold.ondisk.DeltaSector;
import dev.leasehold.ondisk.Geometry;
import dev.leasehold.ondisk.LeaderRecord;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Who holds the leases of some disks, as three witnesses have it: the lease files, read with our
 * library; {@code leasehold status}; {@code leasehold who} of each disk. They must agree. Not
 * thread-safe.
 */
final class LeaseCheck {
  private static final String LOCKSPACE = "__LIBVIRT__DISKS__";
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Pattern LEASE = Pattern.compile("(?m)^ {6}\"lease\": \"(\\w+)\",?$");
  private static final Pattern HOLDER =
      Pattern.compile("\"mode\": \"(\\w+)\",\\s+\"holds\": (true|false),\\s+\"host_id\": (\\d+),");

  private final Path directory;
  private final Map<String, String> disks = new LinkedHashMap<>();
  private String counted = "ab";

  LeaseCheck(LibvirtLab lab) {
    this.directory = lab.leases();
  }

  /** From now on this disk is looked at. */
  String watch(String disk) {
    disks.put(LeaseName.ofPath(disk), disk);
    return disk;
  }

  /** Of the watched disks exactly these are held at this moment. */
  @SafeVarargs
  final void exactly(Stream<Held>... expected) {
    Set<Held> wanted = together(expected);
    assertThat(onDisk()).as("the lease files").isEqualTo(wanted);
    assertThat(inStatus()).as("leasehold status").isEqualTo(wanted);
    for (String disk : disks.values()) {
      boolean held = wanted.stream().anyMatch(one -> one.disk().equals(disk));
      Answer answer = ask(new WhoCommand(), disk);
      assertThat(answer.code()).as("who %s: %s", disk, answer.text()).isEqualTo(held ? 0 : 1);
    }
  }

  /** Of the watched disks exactly these are held in a moment, for example when a process ended. */
  @SafeVarargs
  final void soon(Stream<Held>... expected) {
    Set<Held> wanted = together(expected);
    awaitOnDisk(wanted);
    exactly(wanted.stream());
  }

  private void awaitOnDisk(Set<Held> wanted) {
    long end = System.nanoTime() + SOON.toNanos();
    while (!onDisk().equals(wanted) && System.nanoTime() < end) {
      LibvirtLab.pause(50);
    }
  }

  /** As {@link #exactly}, by the lease files alone: for many leases one after the other. */
  @SafeVarargs
  final void onDiskExactly(Stream<Held>... expected) {
    assertThat(onDisk()).as("the lease files").isEqualTo(together(expected));
  }

  /** As {@link #noneSoon}, by the lease files alone. */
  void noneOnDiskSoon() {
    awaitOnDisk(Set.of());
    onDiskExactly();
  }

  /** What a live host has, in a moment; nothing is said of the other one, which is dead. */
  @SafeVarargs
  final void soonOf(String host, Stream<Held>... expected) {
    counted = host;
    soon(expected);
  }

  /** None of the watched disks is held. */
  void noneSoon() {
    soon();
  }

  @SafeVarargs
  private static Set<Held> together(Stream<Held>... expected) {
    Set<Held> all = new HashSet<>();
    for (Stream<Held> some : expected) {
      some.forEach(all::add);
    }
    return all;
  }

  private Set<Held> onDisk() {
    Set<Held> found = new HashSet<>();
    MemorySegment hosts = bytes(directory.resolve(LOCKSPACE));
    disks.forEach(
        (name, disk) -> {
          Path file = directory.resolve(name);
          contentIfThere(file).ifPresent(lease -> found.addAll(holders(disk, name, lease, hosts)));
        });
    found.removeIf(held -> !counted.contains(held.host()));
    return found;
  }

  /** By docs/spec/algorithms.md 3.2 and 3.7; a file that is no lease fails the test. */
  private static List<Held> holders(
      String disk, String name, MemorySegment lease, MemorySegment hosts) {
    LeaderRecord leader = LeaderRecord.decode(lease, 0);
    if (leader.isCleared()) {
      return List.of(); // a cleanup is about to remove it
    }
    try {
      leader.verifyPaxos(Name.of(LOCKSPACE), Name.of(name), 0);
    } catch (LeaseException e) {
      throw new AssertionError("the lease of " + disk + ": " + e.detail(), e);
    }
    BallotArea area = new BallotArea(lease, Geometry.SECTOR_512, leader.numHosts());
    List<Held> found = new ArrayList<>();
    long owner = leader.ownerId();
    boolean givenBack = leader.writeId() != owner && area.dblock(owner).isReleased();
    if (!leader.isFree() && !givenBack && joined(hosts, owner, leader.ownerGeneration())) {
      found.add(new Held(disk, false, Held.hostOf(owner)));
    }
    area.sharedHosts()
        .hostIds()
        .filter(id -> joined(hosts, id, area.mode(id).generation()))
        .forEach(id -> found.add(new Held(disk, true, Held.hostOf(id))));
    return found;
  }

  private static boolean joined(MemorySegment hosts, long hostId, long generation) {
    LeaderRecord host = DeltaSector.decode(hosts, Geometry.SECTOR_512.deltaOffset(hostId)).leader();
    return !host.isFree() && host.ownerGeneration() == generation;
  }

  private static Optional<MemorySegment> contentIfThere(Path file) {
    try {
      return Optional.of(MemorySegment.ofArray(Files.readAllBytes(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static MemorySegment bytes(Path file) {
    try {
      return MemorySegment.ofArray(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Others that run in the same lab have leases of their own there. */
  private Set<Held> inStatus() {
    Answer answer = ask(new StatusCommand());
    assertThat(answer.code()).as(answer.text()).isZero();
    Set<Held> found = new HashSet<>();
    List<MatchResult> leases = LEASE.matcher(answer.text()).results().toList();
    for (int i = 0; i < leases.size(); i++) {
      int end = i + 1 < leases.size() ? leases.get(i + 1).start() : answer.text().length();
      String disk = disks.get(leases.get(i).group(1));
      if (disk != null) {
        HOLDER
            .matcher(answer.text().substring(leases.get(i).end(), end))
            .results()
            .filter(holder -> holder.group(2).equals("true"))
            .map(holder -> held(disk, holder))
            .filter(held -> counted.contains(held.host()))
            .forEach(found::add);
      }
    }
    return found;
  }

  private static Held held(String disk, MatchResult holder) {
    return new Held(
        disk, holder.group(1).equals("shared"), Held.hostOf(Long.parseLong(holder.group(3))));
  }

  private record Answer(int code, String text) {}

  /** The command itself, without the price of a JVM. */
  private Answer ask(Command command, String... operands) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8);
    List<String> arguments = new ArrayList<>(List.of("--lease-dir", directory.toString()));
    arguments.addAll(List.of("--no-wait", "--json"));
    arguments.addAll(List.of(operands));
    try {
      int code =
          command.run(
              Parser.parse(command.spec(), arguments), new Terminal(out, System.err, false));
      return new Answer(code, text.toString(StandardCharsets.UTF_8));
    } catch (UsageException | Failure e) {
      throw new AssertionError(e);
    }
  }
}
