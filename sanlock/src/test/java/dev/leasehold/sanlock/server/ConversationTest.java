// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.engine.LockspaceSpec;
import dev.leasehold.engine.LockspaceState;
import dev.leasehold.engine.LockspaceView;
import dev.leasehold.engine.resource.AcquireResult;
import dev.leasehold.engine.resource.Refusal;
import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.ondisk.Name;
import dev.leasehold.sanlock.wire.Command;
import dev.leasehold.sanlock.wire.Flags;
import dev.leasehold.sanlock.wire.Header;
import dev.leasehold.sanlock.wire.Octets;
import dev.leasehold.sanlock.wire.Reply;
import dev.leasehold.sanlock.wire.ReplyBody;
import dev.leasehold.sanlock.wire.Request;
import dev.leasehold.sanlock.wire.RequestBody;
import dev.leasehold.sanlock.wire.WireDisk;
import dev.leasehold.sanlock.wire.WireLockspace;
import dev.leasehold.sanlock.wire.WireOptions;
import dev.leasehold.sanlock.wire.WireResource;
import dev.leasehold.sanlock.wire.WireState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds on every connection, whatever is asked (docs/spec/wire.md 1.3 – 1.6). */
@Timeout(60)
class ConversationTest {
  private static final int PID = (int) ProcessHandle.current().pid();
  private static final WireResource RESOURCE =
      WireResource.of(Name.of("LS1"), Name.of("RA"), List.of(WireDisk.of("/mnt/res", 0)));
  private static final ServerLimits LIMITS =
      ServerLimits.DEFAULT.withTimes(
          Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofSeconds(30));

  /** Where a test waits until it has been too long. */
  private static final ServerLimits SHORT =
      ServerLimits.DEFAULT.withTimes(
          Duration.ofSeconds(5), Duration.ofMillis(200), Duration.ofMillis(200));

  @TempDir Path dir;
  private final Scripted engine = new Scripted();
  private TestDoor door;

  @BeforeEach
  void open() throws Exception {
    door = new TestDoor(dir, engine.manager(), LIMITS);
  }

  private void beImpatient() throws Exception {
    door.close();
    door = new TestDoor(dir, engine.manager(), SHORT);
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    door.awaitConnections(0);
    door.close();
    assertThat(door.daemon().lines()).noneMatch(line -> line.contains("fault in the daemon"));
  }

  private static Request acquire(int data2, WireResource... resources) {
    return Request.of(
        Command.ACQUIRE,
        0,
        resources.length,
        data2,
        new RequestBody.Acquire(List.of(resources), WireOptions.NONE));
  }

  private static byte[] header(Command command, int length, int data, int data2) {
    return Header.request(command, 0, 0, data, data2).withLength(length).encode();
  }

  @Test
  void requestsInOneBatchAreAnsweredInOrder() throws Exception {
    try (RawClient client = door.connect()) {
      byte[] version = header(Command.VERSION, 32, 0, 0);
      byte[] inquire = header(Command.INQUIRE, 32, 0, 999_999);
      byte[] batch = new byte[96];
      System.arraycopy(version, 0, batch, 0, 32);
      System.arraycopy(inquire, 0, batch, 32, 32);
      System.arraycopy(version, 0, batch, 64, 32);
      client.send(batch);
      assertThat(client.result(Command.VERSION)).isZero();
      assertThat(client.result(Command.INQUIRE)).isEqualTo(-3);
      assertThat(client.result(Command.VERSION)).isZero();
    }
  }

  @Test
  void halfAHeaderDelaysNobodyElse() throws Exception {
    beImpatient();
    try (RawClient half = door.connect();
        RawClient other = door.connect()) {
      half.send(new byte[] {0x10, 0x20, 0x28});
      assertThat(other.isAlive()).isTrue();
      // It has had its time; that is said once.
      assertThat(half.isClosedByDaemon()).isTrue();
      assertThat(door.daemon().awaitLine("did not get through in time")).contains("pid " + PID);
      assertThat(other.isAlive()).isTrue();
    }
  }

  @Test
  void halfABodyDelaysNobodyElseAndBlocksNoTarget() throws Exception {
    beImpatient();
    try (RawClient holder = door.connect().register();
        RawClient half = door.connect()) {
      assertThat(holder.isAlive()).isTrue();
      half.send(header(Command.ACQUIRE, 32 + 1168 + 56, 1, PID));
      holder.send(Command.INQUIRE, 0, 0, -1);
      assertThat(holder.result(Command.INQUIRE)).isZero();
      assertThat(half.isClosedByDaemon()).isTrue();
    }
  }

  @Test
  void aRegisteredConnectionMayTakeAsLongAsItLikes() throws Exception {
    beImpatient();
    try (RawClient holder = door.connect().register()) {
      byte[] inquire = header(Command.INQUIRE, 32, 0, -1);
      holder.send(Arrays.copyOf(inquire, 10));
      try (RawClient other = door.connect()) {
        other.send(new byte[1]);
        assertThat(other.isClosedByDaemon()).isTrue();
      }
      holder.send(Arrays.copyOfRange(inquire, 10, 32));
      assertThat(holder.result(Command.INQUIRE)).isZero();
      assertThat(engine.count("unregister")).isZero();
    }
    engine.awaitCalls("unregister", 1);
  }

  @Test
  void whatIsNoRequestIsDroppedAndTooMuchOfItEndsTheConnection() throws Exception {
    byte[] wrongMagic = new byte[32];
    byte[] unknown = header(Command.VERSION, 32, 0, 0);
    unknown[8] = 99;
    byte[] tooNew = header(Command.INQUIRE, 32, 0, 0);
    tooNew[6] = 1;
    try (RawClient client = door.connect()) {
      client.send(wrongMagic).send(unknown).send(tooNew);
      assertThat(client.isAlive()).isTrue();
      for (int i = 0; i <= LIMITS.badHeaders(); i++) {
        client.send(wrongMagic);
      }
      assertThat(client.isClosedByDaemon()).isTrue();
    }
    assertThat(door.daemon().awaitLine("is not the sanlock protocol")).contains("pid " + PID);
    try (RawClient client = door.connect().register()) {
      for (int i = 0; i < 100; i++) {
        client.send(wrongMagic);
      }
      assertThat(client.isAlive()).isTrue();
    }
  }

  @Test
  void theBodyOfAnUnknownCommandIsNotTakenForHeaders() throws Exception {
    byte[] unknown = header(Command.VERSION, 32 + 45, 0, 0);
    unknown[8] = 99;
    try (RawClient client = door.connect()) {
      client.send(unknown).send(new byte[45]);
      assertThat(client.isAlive()).isTrue();
    }
  }

  @Test
  void aRefusedBodyIsReadToItsEnd() throws Exception {
    try (RawClient client = door.connect().register()) {
      client.send(header(Command.ACQUIRE, 32 + 9 * 1168 + 56, 9, -1));
      client.send(new byte[9 * 1168 + 56]);
      assertThat(client.result(Command.ACQUIRE)).isEqualTo(-7);
      WireResource five = new WireResource(Name.of("L"), Name.of("R"), 0, 0, 0, 0, 0, 5, List.of());
      client.send(
          Request.of(
              Command.READ_RESOURCE, 0, 0, 0, new RequestBody.OfResource(five.withoutDisks())));
      Reply reply = client.reply(Command.READ_RESOURCE);
      assertThat(reply.header().data()).isEqualTo(-34);
      assertThat(reply.body()).isEqualTo(new ReplyBody.OfResource(five));
      client.send(header(Command.SET_LVB, 160 + 4099, 0, 0)).send(new byte[128 + 4099]);
      assertThat(client.result(Command.SET_LVB)).isEqualTo(-7);
      assertThat(client.isAlive()).isTrue();
    }
  }

  @Test
  void theDoorsChecksComeBeforeThoseOfTheBody() throws Exception {
    try (RawClient client = door.connect()) {
      byte[] body = new byte[9 * 1168 + 56];
      client.send(header(Command.ACQUIRE, 32 + body.length, 9, -1)).send(body);
      assertThat(client.result(Command.ACQUIRE)).isEqualTo(-16);
      client.send(header(Command.ACQUIRE, 32 + body.length, 9, 0)).send(body);
      assertThat(client.result(Command.ACQUIRE)).isEqualTo(-3);
      assertThat(client.isAlive()).isTrue();
    }
  }

  @Test
  void aBodyThatEndsTooEarlyIsAnsweredIfTheClientStillListens() throws Exception {
    try (RawClient client = door.connect()) {
      client.send(header(Command.ADD_LOCKSPACE, 32 + 1104, 1, 0)).send(new byte[3]);
      client.connection().shutdownOutput();
      assertThat(client.result(Command.ADD_LOCKSPACE)).isEqualTo(-107);
      assertThat(client.isClosedByDaemon()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Command.class,
      names = {"ACQUIRE", "RELEASE", "INQUIRE", "CONVERT", "KILLPATH"})
  void tiedCommandsNeedARegistration(Command command) throws Exception {
    RequestBody body =
        switch (command) {
          case ACQUIRE -> new RequestBody.Acquire(List.of(RESOURCE), WireOptions.NONE);
          case RELEASE -> new RequestBody.OfResources(List.of(RESOURCE.withoutDisks()));
          case CONVERT -> new RequestBody.OfResource(RESOURCE.withoutDisks());
          case KILLPATH -> new RequestBody.KillPath(Octets.of("/bin/x"), Octets.NONE);
          default -> RequestBody.None.NONE;
        };
    try (RawClient client = door.connect()) {
      client.send(Request.of(command, 0, 1, -1, body));
      assertThat(client.result(command)).isEqualTo(-16);
      client.send(Request.of(command, 0, 1, 999_999, body));
      assertThat(client.result(command)).isEqualTo(-3);
      client.send(Request.of(command, 0, 1, 0, body));
      assertThat(client.result(command)).isEqualTo(-3);
      assertThat(client.isAlive()).isTrue();
    }
  }

  @Test
  void oneTiedCommandAtATimeFromWhateverConnection() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    engine.on(
        "acquire",
        arguments -> {
          begun.countDown();
          mayEnd.await();
          return new AcquireResult.Granted(List.of());
        });
    try (RawClient holder = door.connect().register();
        RawClient other = door.connect()) {
      holder.send(acquire(-1, RESOURCE));
      begun.await();
      other.send(Command.INQUIRE, 0, 0, PID);
      assertThat(other.result(Command.INQUIRE)).isEqualTo(-16);
      other.send(acquire(PID, RESOURCE));
      assertThat(other.result(Command.ACQUIRE)).isEqualTo(-16);
      // A body that is refused does not free the target either.
      other.send(header(Command.ACQUIRE, 32, 9, PID));
      assertThat(other.result(Command.ACQUIRE)).isEqualTo(-16);
      mayEnd.countDown();
      assertThat(holder.result(Command.ACQUIRE)).isZero();
      other.send(Command.INQUIRE, 0, 0, PID);
      assertThat(other.result(Command.INQUIRE)).isZero();
    }
  }

  @Test
  void everyFailureLeavesTheTargetFree() throws Exception {
    engine.on(
        "convert",
        arguments -> {
          throw new IllegalStateException("a fault");
        });
    engine.on(
        "inquire",
        arguments -> {
          throw new LeaseException(ErrorCode.ESTALE, "gone");
        });
    try (RawClient holder = door.connect().register()) {
      holder.send(
          Request.of(
              Command.CONVERT, 0, 0, -1, new RequestBody.OfResource(RESOURCE.withoutDisks())));
      assertThat(holder.result(Command.CONVERT)).isEqualTo(-22);
      holder.send(Command.INQUIRE, 0, 0, -1);
      assertThat(holder.result(Command.INQUIRE)).isEqualTo(-116);
      engine.on("inquire", arguments -> List.of());
      holder.send(Command.INQUIRE, 0, 0, -1);
      assertThat(holder.result(Command.INQUIRE)).isZero();
    }
    // That one was the test's.
    door.awaitConnections(0);
    door.close();
    door = new TestDoor(dir, engine.manager(), LIMITS);
  }

  @Test
  void theEndOfTheConnectionIsTheEndOfTheHolderAndOnlyThat() throws Exception {
    try (RawClient one = door.connect().register();
        RawClient other = door.connect().register()) {
      assertThat(one.isAlive()).isTrue();
      assertThat(other.isAlive()).isTrue();
      one.hangUp();
      engine.awaitCalls("unregister", 1);
      other.send(Command.INQUIRE, 0, 0, -1);
      assertThat(other.result(Command.INQUIRE)).isZero();
      other.connection().shutdownOutput();
      engine.awaitCalls("unregister", 2);
    }
  }

  @Test
  void aTargetThatGoesAwayDuringACommandIsForgottenAfterIt() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    engine.on(
        "acquire",
        arguments -> {
          begun.countDown();
          mayEnd.await();
          return refused(ErrorCode.ENOTTY);
        });
    try (RawClient holder = door.connect().register();
        RawClient other = door.connect()) {
      assertThat(holder.isAlive()).isTrue();
      other.send(acquire(PID, RESOURCE));
      begun.await();
      holder.hangUp();
      engine.awaitCalls("unregister", 1);
      try (RawClient third = door.connect()) {
        third.send(Command.INQUIRE, 0, 0, PID);
        assertThat(third.result(Command.INQUIRE)).isEqualTo(-16);
        mayEnd.countDown();
        assertThat(other.result(Command.ACQUIRE)).isEqualTo(-25);
        third.send(Command.INQUIRE, 0, 0, PID);
        assertThat(third.result(Command.INQUIRE)).isEqualTo(-3);
      }
    }
  }

  private static AcquireResult refused(ErrorCode code) {
    return new AcquireResult.Refused(
        new Refusal(code, OptionalInt.empty(), Optional.empty(), "no", Optional.empty()));
  }

  @Test
  void aSecondRegistrationChangesNothing() throws Exception {
    try (RawClient holder = door.connect().register().register()) {
      holder.send(Command.INQUIRE, 0, 0, -1);
      assertThat(holder.result(Command.INQUIRE)).isZero();
      assertThat(engine.count("register")).isEqualTo(1);
      assertThat(engine.count("unregister")).isZero();
    }
  }

  @Test
  void aProcessThatCannotBeRegisteredIsLetGo() throws Exception {
    engine.on(
        "register",
        arguments -> {
          throw new LeaseException(ErrorCode.ESRCH, "there is no such process");
        });
    try (RawClient client = door.connect().register()) {
      assertThat(client.isClosedByDaemon()).isTrue();
    }
    door.daemon().awaitLine("not registered, closed: there is no such process");
  }

  @Test
  void restrictAllDropsEverythingOnThatConnectionOnly() throws Exception {
    try (RawClient holder = door.connect().register();
        RawClient other = door.connect()) {
      holder.send(Command.RESTRICT, Flags.RESTRICT_ALL, 0, -1);
      assertThat(holder.result(Command.RESTRICT)).isZero();
      holder.send(Command.VERSION, 0, 0, 0).send(Command.RESTRICT, 0, 0, -1);
      assertThat(holder.isSilent()).isTrue();
      other.send(Command.INQUIRE, 0, 0, PID);
      assertThat(other.result(Command.INQUIRE)).isZero();
      assertThat(engine.count("unregister")).isZero();
    }
    engine.awaitCalls("unregister", 1);
  }

  @ParameterizedTest
  @EnumSource(
      value = Command.class,
      names = {"STATUS", "LOG_DUMP", "GET_LOCKSPACES"})
  void inlineCommandsCloseTheConnectionUnlessItIsRegistered(Command command) throws Exception {
    try (RawClient client = door.connect()) {
      client.send(twice(header(command, 32, 0, 0)));
      assertThat(client.result(command)).isGreaterThanOrEqualTo(0);
      if (command != Command.STATUS) {
        assertThat(client.isClosedByDaemon()).isTrue();
      }
    }
    try (RawClient holder = door.connect().register()) {
      if (command == Command.STATUS) {
        holder.send(command, 0, 1, 0);
        Header header = Header.decode(holder.source().take(Header.SIZE), 0);
        assertThat(header.data()).isZero();
        WireState.read(holder.source());
      } else {
        holder.send(command, 0, 0, 0);
        assertThat(holder.result(command)).isGreaterThanOrEqualTo(0);
      }
      assertThat(holder.isAlive()).isTrue();
      assertThat(engine.count("unregister")).isZero();
    }
  }

  private static byte[] twice(byte[] bytes) {
    byte[] both = Arrays.copyOf(bytes, 2 * bytes.length);
    System.arraycopy(bytes, 0, both, bytes.length, bytes.length);
    return both;
  }

  @Test
  void aShutdownEndsNoRegisteredConnection() throws Exception {
    engine.on(
        "shutdown",
        arguments -> {
          throw new LeaseException(ErrorCode.EBUSY, "a lockspace is joined");
        });
    try (RawClient holder = door.connect().register();
        RawClient other = door.connect()) {
      holder.send(Command.SHUTDOWN, 0, 0, 0);
      assertThat(holder.isAlive()).isTrue();
      other.send(Command.SHUTDOWN, 0, 0, 0);
      assertThat(other.isClosedByDaemon()).isTrue();
      assertThat(door.daemon().ended().getCount()).isEqualTo(1);
    }
  }

  @Test
  void whoeverReadsNothingLosesItsConnectionUnlessRegistered() throws Exception {
    beImpatient();
    List<WireLockspace> many = Collections.nCopies(600, WireLockspace.named(Name.of("LS")));
    engine.on("lockspaces", arguments -> many.stream().map(ConversationTest::view).toList());
    try (RawClient silent = door.connect();
        RawClient other = door.connect()) {
      silent.send(Command.GET_LOCKSPACES, 0, 0, 0);
      door.daemon().awaitLine("did not get through in time");
      assertThat(other.isAlive()).isTrue();
    }
    try (RawClient holder = door.connect().register()) {
      holder.send(Command.GET_LOCKSPACES, 0, 0, 0);
      assertThat(((ReplyBody.Lockspaces) holder.reply(Command.GET_LOCKSPACES).body()).lockspaces())
          .hasSize(600);
      assertThat(holder.isAlive()).isTrue();
    }
  }

  private static LockspaceView view(WireLockspace lockspace) {
    return new LockspaceView(
        LockspaceSpec.of("LS", 1, "/mnt/ls"),
        LockspaceState.JOINED,
        1,
        1,
        Optional.empty(),
        false,
        false,
        false,
        false,
        Optional.empty(),
        1,
        1,
        Optional.empty(),
        Duration.ofSeconds(8));
  }

  @Test
  void aKillProgramIsForOneselfOnly() throws Exception {
    RequestBody program = new RequestBody.KillPath(Octets.of("/bin/x"), Octets.of("a b"));
    try (RawClient holder = door.connect().register();
        RawClient other = door.connect()) {
      holder.send(Request.of(Command.KILLPATH, Flags.KILLPATH_PID, 0, -1, program));
      assertThat(holder.result(Command.KILLPATH)).isZero();
      other.send(Request.of(Command.KILLPATH, 0, 0, PID, program));
      assertThat(other.result(Command.KILLPATH)).isEqualTo(-22);
      assertThat(engine.count("setKillPath")).isEqualTo(1);
    }
  }

  @Test
  void whoMayNotConnectIsRefused() throws Exception {
    door.daemon().allow(peer -> false);
    try (RawClient client = door.connect()) {
      assertThat(client.isClosedByDaemon()).isTrue();
    }
    assertThat(door.daemon().awaitLine("not allowed")).contains("process " + PID);
  }

  @Test
  void aStoppingDaemonGivesNoHolderUp() throws Exception {
    try (RawClient holder = door.connect().register()) {
      assertThat(holder.isAlive()).isTrue();
      door.server().close();
      assertThat(holder.isClosedByDaemon()).isTrue();
      door.awaitConnections(0);
      assertThat(engine.count("unregister")).isZero();
    }
  }
}
