// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.Name;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes, fields and limits of the messages. */
class ShapesTest {
  private static final WireDisk DISK = WireDisk.of("/mnt/res", 1 << 20);
  private static final WireResource RESOURCE =
      WireResource.of(Name.of("LS1"), Name.of("RA"), List.of(DISK));
  private static final WireLockspace LOCKSPACE =
      new WireLockspace(Name.of("LS1"), 7, Flags.ALIGN_1M, WireDisk.of("/mnt/ls", 0));
  private static final WireIndex INDEX = WireIndex.of(Name.of("LS1"), WireDisk.of("/mnt/rx", 0));

  /** A body of each shape, of the size that docs/spec/wire.md 2 and 3 give. */
  private static RequestBody sample(BodyShape shape) {
    return switch (shape) {
      case NONE -> RequestBody.None.NONE;
      case LOCKSPACE -> new RequestBody.OfLockspace(LOCKSPACE);
      case LOCKSPACE_EVENT ->
          new RequestBody.OfEvent(LOCKSPACE, new WireHostEvent(2, 1, 0x1234, 0x5678));
      case RESOURCE -> new RequestBody.OfResource(RESOURCE.withoutDisks());
      case RESOURCE_DISKS -> new RequestBody.OfResource(RESOURCE);
      case ACQUIRE ->
          new RequestBody.Acquire(
              List.of(RESOURCE, RESOURCE.withFlags(Flags.RES_SHARED)),
              new WireOptions(Name.of("guest"), 0, 0));
      case RELEASE -> new RequestBody.OfResources(List.of(RESOURCE.withoutDisks()));
      case KILLPATH -> new RequestBody.KillPath(Octets.of("/bin/x"), Octets.of("a b"));
      case DISK -> new RequestBody.OfDisk(DISK);
      case VALUE -> new RequestBody.Value(RESOURCE.withoutDisks(), Octets.of("value"));
      case INDEX -> new RequestBody.OfIndex(INDEX);
      case INDEX_ENTRY -> new RequestBody.OfEntry(INDEX, WireEntry.of(Name.of("R1"), 1 << 21));
    };
  }

  private static int size(BodyShape shape) {
    return switch (shape) {
      case NONE -> 0;
      case LOCKSPACE, INDEX -> 1104;
      case LOCKSPACE_EVENT -> 1136;
      case RESOURCE, RELEASE -> 128;
      case RESOURCE_DISKS -> 1168;
      case ACQUIRE -> 2 * 1168 + 56;
      case KILLPATH -> 256;
      case DISK -> 1040;
      case VALUE -> 133;
      case INDEX_ENTRY -> 1168;
    };
  }

  private static int count(BodyShape shape) {
    return shape == BodyShape.ACQUIRE ? 2 : shape == BodyShape.RELEASE ? 1 : 0;
  }

  @ParameterizedTest
  @EnumSource(Command.class)
  void everyRequestHasItsSizeAndComesBackAsItWas(Command command) throws Exception {
    BodyShape shape = command.shape();
    Request request = Request.of(command, 0, count(shape), -1, sample(shape));
    byte[] bytes = request.encode();
    assertThat(bytes).hasSize(Header.SIZE + size(shape));
    assertThat(request.header().length()).isEqualTo(bytes.length);
    ByteSource source = ByteSource.of(bytes);
    Header header = Header.decode(source.take(Header.SIZE), 0);
    assertThat(header).isEqualTo(request.header());
    assertThat(RequestReader.read(command, header, source)).isEqualTo(request.body());
    assertThatThrownBy(() -> source.take(1)).isInstanceOf(EOFException.class);
  }

  @ParameterizedTest
  @EnumSource(Command.class)
  void aBodyThatEndsTooEarlyIsNoBody(Command command) {
    byte[] bytes =
        Request.of(command, 0, count(command.shape()), 0, sample(command.shape())).encode();
    for (int cut = Header.SIZE; cut < bytes.length; cut += 7) {
      ByteSource source = ByteSource.of(Arrays.copyOf(bytes, cut));
      assertThatThrownBy(() -> read(command, source)).isInstanceOf(EOFException.class);
    }
  }

  private static RequestBody read(Command command, ByteSource source)
      throws IOException, MalformedRequest {
    return RequestReader.read(command, Header.decode(source.take(Header.SIZE), 0), source);
  }

  @Test
  void impossibleNumbersAreRefusedBeforeAnythingIsReadForThem() {
    refused(ErrorCode.E2BIG, Command.ACQUIRE, 0, 9, 32 + 9 * 1168 + 56);
    refused(ErrorCode.E2BIG, Command.ACQUIRE, 0, -1, 32);
    refused(ErrorCode.E2BIG, Command.RELEASE, 0, 1025, 32);
    refused(ErrorCode.E2BIG, Command.RELEASE, Flags.RELEASE_ALL, -1, -1);
  }

  private static void refused(ErrorCode code, Command command, int flags, int data, int length) {
    Header header = Header.request(command, flags, 0, data, -1).withLength(length);
    assertThatThrownBy(() -> RequestReader.read(command, header, ByteSource.of(new byte[0])))
        .isInstanceOfSatisfying(
            MalformedRequest.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.unread()).isEqualTo(Integer.toUnsignedLong(length) - Header.SIZE);
            });
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, -1, Integer.MAX_VALUE})
  void aResourceHasOneToFourDisks(int disks) {
    WireResource wrong =
        new WireResource(Name.of("L"), Name.of("R"), 0, 0, 0, 0, 0, disks, List.of());
    byte[] body =
        Request.of(Command.READ_RESOURCE, 0, 0, 0, new RequestBody.OfResource(wrong)).encode();
    Header header = Header.request(Command.READ_RESOURCE, 0, 5 * 1040 + 128, 0, 0);
    ByteSource source = ByteSource.of(body);
    ThrowingCallable reading =
        () -> {
          source.take(Header.SIZE);
          RequestReader.read(Command.READ_RESOURCE, header, source);
        };
    assertThatThrownBy(reading)
        .isInstanceOfSatisfying(
            MalformedRequest.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.ERANGE);
              assertThat(e.unread()).isEqualTo(5 * 1040);
              assertThat(e.resource()).contains(wrong);
            });
  }

  @Test
  void aValueHasTheRestOfTheStatedLength() {
    byte[] resource = Request.of(Command.GET_LVB, 0, 0, 0, sample(BodyShape.RESOURCE)).encode();
    byte[] body = Arrays.copyOfRange(resource, Header.SIZE, resource.length);
    assertThat(valueCode(body, 159)).isEqualTo(ErrorCode.EINVAL);
    assertThat(valueCode(body, 0)).isEqualTo(ErrorCode.EINVAL);
    assertThat(valueCode(body, 160 + 4097)).isEqualTo(ErrorCode.E2BIG);
    assertThat(valueCode(body, -1)).isEqualTo(ErrorCode.E2BIG);
    assertThat(valueCode(body, 160)).isEqualTo(ErrorCode.OK);
  }

  private static ErrorCode valueCode(byte[] body, int length) {
    Header header = Header.request(Command.SET_LVB, 0, 0, 0, 0).withLength(length);
    try {
      RequestReader.read(Command.SET_LVB, header, ByteSource.of(body));
      return ErrorCode.OK;
    } catch (MalformedRequest e) {
      return e.code();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatReleaseReadsGoesByItsFlags() throws Exception {
    byte[] three = new byte[3 * 128];
    Header all = Header.request(Command.RELEASE, Flags.RELEASE_ALL, three.length, 3, -1);
    ByteSource source = ByteSource.of(three);
    RequestReader.read(Command.RELEASE, all, source);
    assertThatThrownBy(() -> source.take(1)).isInstanceOf(EOFException.class);
    assertThat(taken(Flags.RELEASE_ORPHAN | Flags.RELEASE_RENAME, three)).isEqualTo(128);
    assertThat(taken(Flags.RELEASE_RENAME, three)).isEqualTo(256);
    assertThat(taken(Flags.RELEASE_RENAME | Flags.RELEASE_ALL, new byte[0])).isZero();
  }

  private static int taken(int flags, byte[] body) throws Exception {
    Header header = Header.request(Command.RELEASE, flags, 0, 0, -1);
    List<Integer> taken = new ArrayList<>();
    ByteSource source = ByteSource.of(body);
    RequestReader.read(
        Command.RELEASE,
        header,
        count -> {
          taken.add(count);
          return source.take(count);
        });
    return taken.stream().mapToInt(Integer::intValue).sum();
  }

  @Test
  void aPathEndsAtItsNulAndCannotBeUsedWithoutOne() {
    byte[] raw = new byte[WireDisk.SIZE];
    Arrays.fill(raw, 0, PathField.SIZE, (byte) 'x');
    PathField whole = WireDisk.read(Layout.reading(raw, 0)).path();
    assertThat(whole.isUnterminated()).isTrue();
    assertThat(whole.usable()).isEmpty();
    raw[3] = 0;
    assertThat(WireDisk.read(Layout.reading(raw, 0)).path().usable()).contains("xxx");
    raw[1] = (byte) 0xFF;
    assertThat(WireDisk.read(Layout.reading(raw, 0)).path().usable()).isEmpty();
    assertThatThrownBy(() -> PathField.of("x".repeat(1024)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(PathField.of("x".repeat(1023)).usable()).isPresent();
  }

  @Test
  void namesOf48BytesAndWhatFollowsTheirNulAreKept() throws Exception {
    byte[] raw = new byte[128];
    new Random(3).nextBytes(raw);
    WireResource resource = WireResource.read(Layout.reading(raw, 0)).withoutDisks();
    Layout out = Layout.writing(128);
    resource.write(out);
    assertThat(out.array()).isEqualTo(raw);
  }

  @Test
  void aStateRecordHasItsTextWithANul() throws Exception {
    WireState state = WireState.of(WireState.CLIENT, -1, 0, Name.of("status"), "ci=3 fd=9 x=");
    byte[] bytes = state.encode();
    assertThat(bytes).hasSize(80 + 13);
    assertThat(WireState.read(ByteSource.of(bytes))).isEqualTo(state);
    assertThat(state.words()).containsEntry("ci", "3").containsEntry("x", "").hasSize(3);
    WireState lockspace =
        WireState.of(WireState.LOCKSPACE, 0, 1, Name.of("LS1"), "list=add").with(LOCKSPACE);
    assertThat(WireState.read(ByteSource.of(lockspace.encode()))).isEqualTo(lockspace);
    WireState resource =
        WireState.of(WireState.RESOURCE, 9, 4, Name.of("RA"), "list=held").with(RESOURCE);
    assertThat(WireState.read(ByteSource.of(resource.encode()))).isEqualTo(resource);
  }

  @Test
  void anAnswerToSomethingElseIsNoAnswer() {
    byte[] reply = Reply.result(Header.request(Command.STATUS, 0, 0, 0, 0), 0).encode();
    assertThatThrownBy(() -> ReplyReader.read(Command.ACQUIRE, ByteSource.of(reply)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not to ACQUIRE");
    byte[] large =
        Reply.result(Header.request(Command.INQUIRE, 0, 0, 0, 0), 0)
            .header()
            .withLength(-1)
            .encode();
    assertThatThrownBy(() -> ReplyReader.read(Command.INQUIRE, ByteSource.of(large)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void anyBytesAreEitherARequestOrRefused() {
    long seed = 20251;
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      Command command = Command.values()[random.nextInt(Command.values().length)];
      byte[] body = new byte[random.nextInt(6000)];
      random.nextBytes(body);
      Header header =
          new Header(
              Header.MAGIC,
              1,
              command.number(),
              random.nextInt(16),
              random.nextInt(),
              0,
              random.nextInt(12) - 2,
              0);
      try {
        RequestBody read = RequestReader.read(command, header, ByteSource.of(body));
        assertThat(new Request(header, read).encode().length)
            .as("seed %d, round %d", seed, i)
            .isLessThanOrEqualTo(Header.SIZE + body.length);
      } catch (EOFException | MalformedRequest e) {
        // Refused.
      } catch (IOException | RuntimeException e) {
        throw new AssertionError("seed " + seed + ", round " + i + ", " + command, e);
      }
    }
  }
}
