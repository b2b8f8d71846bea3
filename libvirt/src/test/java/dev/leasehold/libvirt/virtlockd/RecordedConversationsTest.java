// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.virtlockd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.resource.DiskLocation;
import dev.leasehold.engine.resource.ResourceId;
import dev.leasehold.engine.resource.ResourceLocation;
import dev.leasehold.libvirt.Recorded;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.libvirt.rpc.Header;
import dev.leasehold.libvirt.rpc.LockCall;
import dev.leasehold.libvirt.rpc.Message;
import dev.leasehold.libvirt.rpc.MessageReader;
import dev.leasehold.libvirt.rpc.Procedure;
import dev.leasehold.libvirt.rpc.RpcError;
import dev.leasehold.libvirt.rpc.XdrFault;
import dev.leasehold.ondisk.Geometry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What libvirt said to virtlockd, said to us: the same answers, but for the wanted differences. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("try") // a wait at the end may be interrupted
class RecordedConversationsTest {
  @TempDir private static Path directory;
  private TestDoor door;

  @BeforeAll
  void start() throws IOException {
    door =
        new TestDoor(
            directory,
            Files.createDirectory(directory.resolve("leases")),
            "kvm1",
            TestDoor.Setting.PLAIN);
    door.leases.start();
  }

  @AfterAll
  void end() {
    door.close();
    assertThat(door.failures).isEmpty();
  }

  /** Said to the door as they are. */
  private static final List<String> REPLAYED =
      List.of(
          "01-start-destroy-two-disks.hex",
          "03-suspend-resume.hex",
          "05-reboot.hex",
          "06-readonly-shareable.hex",
          "07-start-paused.hex",
          "08-disk-hotplug-unplug.hex",
          "09-readonly-hotplug.hex",
          "10-snapshot-blockcommit.hex",
          "11-blockcopy.hex",
          "13-save-restore.hex",
          "16-migrate-source.hex",
          "17-migrate-destination.hex");

  private static final String CATALOGUE = "30-error-catalogue.hex";

  private static final String ATTACH_LEASE = "26-lease-attach-detach.hex";

  /** The lockspace of recorded {@code <lease>} elements. */
  private static final String LEASE_DIRECTORY = "/var/lib/libvirt/lockd/files";

  private static final String LIFELINE =
      "only the end of a lifeline whose beginning it lacks; played here after 01's beginning";
  private static final String ELEMENT =
      "its <lease> is given by a directory of virtlockd's, here by a file: LeaseElementsTest";
  private static final String HIDDEN =
      "disks hidden behind hashes are refused on purpose: LeasesOfGuestsTest";

  /** Why the others are not said as they are, and where else what they show is tested. */
  private static final Map<String, String> ELSEWHERE =
      Map.ofEntries(
          Map.entry("02-start-refused.hex", "refusals name the guest: LeasesOfGuestsTest"),
          Map.entry("04-shutdown.hex", LIFELINE),
          Map.entry("12-lease-unknown-lockspace.hex", ELEMENT),
          Map.entry("14-libvirtd-restart.hex", "nothing is said at all"),
          Map.entry("15-qemu-killed.hex", LIFELINE),
          Map.entry("20-libvirtd-start-indirect.hex", HIDDEN),
          Map.entry("21-indirect-start.hex", HIDDEN),
          Map.entry("22-indirect-refused.hex", HIDDEN),
          Map.entry("23-indirect-shared.hex", HIDDEN),
          Map.entry("24-indirect-destroy.hex", HIDDEN),
          Map.entry("25-lease-missing-resource.hex", ELEMENT),
          Map.entry(
              ATTACH_LEASE, "its directory becomes a file: aLeaseElementIsAttachedAndDetached"),
          Map.entry(CATALOGUE, "badRequestsAreAnsweredAsTheOriginalDoes"));

  static List<String> replayed() {
    return REPLAYED;
  }

  @Test
  void everyRecordingIsReplayedOrSaidWhyNot() {
    List<String> named = new ArrayList<>(REPLAYED);
    named.addAll(ELSEWHERE.keySet());
    assertThat(named).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(Recorded.names());
    assertThat(Recorded.read("14-libvirtd-restart.hex").steps()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("replayed")
  void libvirtIsAnsweredAsItExpects(String name) throws Exception {
    try (Play play = new Play()) {
      for (Recorded.Step step : Recorded.read(name).steps()) {
        play.step(step);
      }
      // Errors of the original that are none here: a lease given back twice, or asked for again.
      assertThat(play.granted)
          .isSubsetOf(Set.of(Procedure.RELEASE_RESOURCE, Procedure.ACQUIRE_RESOURCE));
      assertThat(play.answers).isPositive();
    }
  }

  /** As recorded, but for the lease's place: a file with a lease in a lockspace that is joined. */
  @Test
  void aLeaseElementIsAttachedAndDetached() throws Exception {
    Path file = Files.write(directory.resolve("keyx"), new byte[1 << 20]);
    door.manager.writeResource(
        ResourceLocation.of(
            ResourceId.of(LeaseholdConfig.LOCKSPACE, "keyx"), DiskLocation.of(file.toString())),
        Geometry.SECTOR_512,
        0,
        false);
    try (Play play = new Play()) {
      play.leasePath = file + "/" + LeaseholdConfig.LOCKSPACE;
      List<Long> held = new ArrayList<>();
      for (Recorded.Step step : Recorded.read(ATTACH_LEASE).steps()) {
        play.step(step);
        if (step instanceof Recorded.Received) {
          held.add(heldLeases());
        }
      }
      // After REGISTER, ACQUIRE, and on another connection REGISTER, RELEASE.
      assertThat(held).containsExactly(0L, 1L, 1L, 0L);
      assertThat(play.granted).isEmpty();
    }
  }

  /** The lifeline closes with the guest's process: its leases are given back, and nobody asks. */
  @ParameterizedTest
  @ValueSource(strings = {"04-shutdown.hex", "15-qemu-killed.hex"})
  void theEndOfAGuestGivesItsLeasesBack(String name) throws Exception {
    List<Recorded.Step> end = Recorded.read(name).steps();
    assertThat(end).singleElement().isInstanceOf(Recorded.Closed.class);
    try (Play play = new Play()) {
      List<Recorded.Step> start = Recorded.read("01-start-destroy-two-disks.hex").steps();
      // The lifeline is the first connection; its end is the recording's last word.
      int lifeline = start.getFirst().connection();
      for (Recorded.Step step : start) {
        if (!(step instanceof Recorded.Closed closed && closed.connection() == lifeline)) {
          play.step(step);
        }
      }
      assertThat(heldLeases()).isEqualTo(2);
      play.step(new Recorded.Closed(lifeline));
      assertThat(heldLeases()).isZero();
    }
  }

  private long heldLeases() {
    return door.manager.state().resources().leases().stream()
        .filter(lease -> !lease.holders().isEmpty())
        .count();
  }

  /** One recording; every process in it is one of ours, and ends when its lifeline does. */
  private final class Play implements AutoCloseable {
    private final Map<Integer, LibvirtClient> clients = new HashMap<>();
    private final Map<Integer, Integer> pidOfConnection = new HashMap<>();
    private final Map<Integer, Process> guests = new HashMap<>();
    private final List<Procedure> granted = new ArrayList<>();
    private int answers;
    private String leasePath = LEASE_DIRECTORY;

    void step(Recorded.Step step) throws Exception {
      switch (step) {
        case Recorded.Opened opened -> {
          clients.put(opened.connection(), door.connect());
          pidOfConnection.put(opened.connection(), opened.pid());
        }
        case Recorded.Sent sent ->
            clients.get(sent.connection()).send(asOurs(parse(sent.bytes())).encode());
        case Recorded.Received received -> answered(received);
        case Recorded.Closed closed -> {
          Optional.ofNullable(clients.remove(closed.connection())).ifPresent(LibvirtClient::close);
          Process guest = guests.get(pidOfConnection.get(closed.connection()));
          if (guest != null) {
            guest.destroyForcibly().waitFor();
            awaitNoLease(guest.pid());
          }
        }
      }
    }

    private void answered(Recorded.Received received) throws IOException {
      Message reply = clients.get(received.connection()).next().orElseThrow();
      answers++;
      if (parse(received.bytes()).header().status() == Header.OK) {
        assertThat(reply.encode()).isEqualTo(received.bytes());
      } else {
        assertThat(reply.header().status()).isEqualTo(Header.OK);
        granted.add(Procedure.ofNumber(reply.header().procedure()).orElseThrow());
      }
    }

    /** With a process and a lease of ours in the place of the recorded ones. */
    private Message asOurs(Message message) throws IOException {
      int serial = message.header().serial();
      Procedure procedure = Procedure.ofNumber(message.header().procedure()).orElseThrow();
      try {
        return switch (LockCall.decode(procedure, message.payload())) {
          case LockCall.Register owner -> Message.call(withOurPid(owner), serial);
          case LockCall.AcquireResource(String path, String name, int flags)
              when path.equals(LEASE_DIRECTORY) ->
              Message.call(new LockCall.AcquireResource(leasePath, name, flags), serial);
          case LockCall.ReleaseResource(String path, String name, int flags)
              when path.equals(LEASE_DIRECTORY) ->
              Message.call(new LockCall.ReleaseResource(leasePath, name, flags), serial);
          default -> message;
        };
      } catch (XdrFault e) {
        throw new IOException(e);
      }
    }

    private LockCall withOurPid(LockCall.Register owner) throws IOException {
      if (!guests.containsKey(owner.pid())) {
        guests.put(owner.pid(), door.guest());
      }
      int pid = (int) guests.get(owner.pid()).pid();
      return new LockCall.Register(owner.uuid(), owner.name(), owner.id(), pid, owner.flags());
    }

    @Override
    public void close() {
      try {
        for (Process guest : guests.values()) {
          guest.destroyForcibly().waitFor();
          awaitNoLease(guest.pid());
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      clients.values().forEach(LibvirtClient::close);
    }
  }

  private void awaitNoLease(long pid) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (door.manager.state().resources().leases().stream()
        .anyMatch(
            lease ->
                lease.holders().isEmpty()
                    || lease.holders().stream().anyMatch(share -> share.pid() == pid))) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(5);
    }
  }

  private static Message parse(byte[] bytes) throws IOException {
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    try {
      return new MessageReader(in::read).next().orElseThrow();
    } catch (XdrFault e) {
      throw new IOException(e);
    }
  }

  /**
   * The catalogue of good and bad requests: whatever concerns the protocol itself is answered to
   * the byte as virtlockd does; what concerns locks differs on purpose and is tested elsewhere.
   */
  @Test
  void badRequestsAreAnsweredAsTheOriginalDoes() throws Exception {
    String place = "/tmp/vlprobe";
    Map<Integer, LibvirtClient> clients = new HashMap<>();
    Process guest = door.guest();
    long pid = guest.pid();
    // The longest messages are not in the recording, only the answers to them.
    byte[] last = {};
    Map<Integer, Integer> waiting = new HashMap<>();
    int compared = 0;
    for (Recorded.Step step : Recorded.read(CATALOGUE).steps()) {
      switch (step) {
        case Recorded.Opened opened -> clients.put(opened.connection(), door.connect());
        case Recorded.Sent sent -> {
          waiting.merge(sent.connection(), 1, Integer::sum);
          last = sent.bytes();
          clients.get(sent.connection()).send(elsewhere(sent.bytes(), place, pid));
        }
        case Recorded.Received received
            when waiting.merge(received.connection(), -1, Integer::sum) < 0 -> {}
        case Recorded.Received received -> {
          Message theirs = parse(received.bytes());
          Message ours = answer(clients.get(received.connection()), theirs, last);
          assertThat(ours.header().serial()).isEqualTo(theirs.header().serial());
          if (isAboutTheProtocol(theirs)) {
            compared++;
            assertThat(ours.encode()).isEqualTo(theirs.encode());
          }
        }
        case Recorded.Closed closed ->
            Optional.ofNullable(clients.remove(closed.connection()))
                .ifPresent(LibvirtClient::close);
      }
    }
    clients.values().forEach(LibvirtClient::close);
    guest.destroyForcibly().waitFor();
    awaitNoLease(pid);
    assertThat(compared).isGreaterThan(40);
    try (LibvirtClient still = door.connect()) {
      assertThat(still.call(new LockCall.CreateLockspace(""))).isEmpty();
    }
  }

  private static Message answer(LibvirtClient client, Message theirs, byte[] last)
      throws IOException {
    try {
      return client.next().orElseThrow();
    } catch (IOException e) {
      throw new IOException(
          "no answer to "
              + java.util.HexFormat.of().formatHex(last, 0, Math.min(last.length, 60))
              + " where there was "
              + theirs.header(),
          e);
    }
  }

  private static boolean isAboutTheProtocol(Message reply) throws XdrFault {
    if (reply.header().status() == Header.OK) {
      return reply.header().procedure() < 3 || reply.header().program() != Header.LOCK_PROGRAM;
    }
    RpcError error = RpcError.decode(reply.payload());
    return switch (error.code()) {
      case RpcError.RPC, RpcError.INVALID_ARG, RpcError.OPERATION_DENIED -> true;
      case RpcError.OPERATION_INVALID -> true;
      default -> false;
    };
  }

  /**
   * Lockspaces of the recording are made in a directory of this test; the rest is sent as it is.
   */
  private byte[] elsewhere(byte[] bytes, String place, long pid) {
    try {
      Message message = parse(bytes);
      Header header = message.header();
      if (!header.equals(Header.call(header.procedure(), header.serial()))) {
        return bytes;
      }
      Procedure procedure = Procedure.ofNumber(header.procedure()).orElseThrow();
      String ours = directory.resolve("vlprobe").toString();
      return switch (LockCall.decode(procedure, message.payload())) {
        // Never for a real process of this machine: the door ends who holds leases.
        case LockCall.Register owner when owner.pid() != 0 ->
            Message.call(
                    new LockCall.Register(
                        owner.uuid(), owner.name(), owner.id(), (int) pid, owner.flags()),
                    header.serial())
                .encode();
        case LockCall.CreateLockspace(String path) when path.startsWith(place) ->
            Message.call(new LockCall.CreateLockspace(path.replace(place, ours)), header.serial())
                .encode();
        case LockCall.NewLockspace(String path, int flags) when path.startsWith(place) ->
            Message.call(
                    new LockCall.NewLockspace(path.replace(place, ours), flags), header.serial())
                .encode();
        default -> bytes;
      };
    } catch (IOException | XdrFault | java.util.NoSuchElementException e) {
      return bytes;
    }
  }
}
