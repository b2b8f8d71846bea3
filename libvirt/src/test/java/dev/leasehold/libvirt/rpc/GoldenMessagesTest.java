// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.libvirt.Recorded;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every message of the recordings, decoded and encoded again byte for byte. */
class GoldenMessagesTest {
  static List<String> conversations() {
    return Recorded.names().stream().filter(name -> !name.startsWith("30-")).toList();
  }

  @ParameterizedTest
  @MethodSource("conversations")
  void everyMessageSurvives(String name) throws Exception {
    for (Recorded.Step step : Recorded.read(name).steps()) {
      switch (step) {
        case Recorded.Sent sent -> assertThat(again(sent.bytes())).isEqualTo(sent.bytes());
        case Recorded.Received got -> assertThat(again(got.bytes())).isEqualTo(got.bytes());
        case Recorded.Opened _, Recorded.Closed _ -> {}
      }
    }
  }

  private static byte[] again(byte[] bytes) throws Exception {
    Message message = one(bytes).orElseThrow();
    Header header = message.header();
    if (header.type() == Header.CALL) {
      Procedure procedure = Procedure.ofNumber(header.procedure()).orElseThrow();
      LockCall call = LockCall.decode(procedure, message.payload());
      assertThat(call.procedure()).isEqualTo(procedure);
      return Message.call(call, header.serial()).encode();
    }
    Header call = Header.call(header.procedure(), header.serial());
    return header.status() == Header.OK
        ? Message.success(call).encode()
        : Message.failure(call, RpcError.decode(message.payload())).encode();
  }

  private static Optional<Message> one(byte[] bytes) throws Exception {
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    return new MessageReader(in::read).next();
  }

  @Test
  void thereAreRecordings() {
    assertThat(conversations()).hasSizeGreaterThan(20);
  }

  @Test
  void theRefusalOfALockedDiskIsTheOriginals() throws Exception {
    List<Recorded.Step> steps = Recorded.read("02-start-refused.hex").steps();
    byte[] refusal =
        steps.stream()
            .filter(Recorded.Received.class::isInstance)
            .map(step -> ((Recorded.Received) step).bytes())
            .filter(bytes -> bytes.length > Header.SIZE)
            .findFirst()
            .orElseThrow();
    Message message = one(refusal).orElseThrow();
    RpcError ours = RpcError.busy("Lockspace resource '/var/lib/libvirt/images/one.raw' is locked");
    assertThat(RpcError.decode(message.payload())).isEqualTo(ours);
  }

  /** The catalogue: what the original answers to each error class, composed by us. */
  @Test
  void theErrorsOfTheCatalogueAreTheOriginals() throws Exception {
    List<byte[]> answers =
        Recorded.read("30-error-catalogue.hex").steps().stream()
            .filter(Recorded.Received.class::isInstance)
            .map(step -> ((Recorded.Received) step).bytes())
            .toList();
    for (RpcError ours :
        List.of(
            RpcError.invalid("lock owner details have not been registered"),
            RpcError.invalid("the default lockspace already exists"),
            RpcError.denied("lock manager connection has been restricted"),
            RpcError.unsupportedFlags(1, Procedure.REGISTER),
            RpcError.unsupportedFlags(1, Procedure.RESTRICT),
            RpcError.unsupportedFlags(4, Procedure.ACQUIRE_RESOURCE),
            RpcError.unsupportedFlags(2, Procedure.RELEASE_RESOURCE),
            RpcError.unsupportedFlags(1, Procedure.CREATE_RESOURCE),
            RpcError.lockInternal("owner 2 does not hold the resource lock"),
            RpcError.internal("Lockspace for path /tmp/vlprobe/nospace does not exist"),
            RpcError.lockInternal(
                "Lockspace location /tmp/vlprobe/disk exists, but is not a directory"),
            RpcError.system(
                "Unable to open resource /tmp/vlprobe/disk.no: No such file or directory", 2),
            RpcError.rpc("unknown procedure: 9"),
            RpcError.rpc("Unexpected message status 1"),
            RpcError.rpc("Unable to decode message payload"))) {
      assertThat(answers)
          .as("%s", ours.message())
          .anyMatch(
              bytes ->
                  bytes.length > Header.SIZE
                      && java.util.Arrays.equals(
                          bytes,
                          Header.SIZE,
                          bytes.length,
                          ours.encode(),
                          0,
                          ours.encode().length));
    }
  }

  @Test
  void aLengthThatNoMessageHasEndsTheStream() {
    for (int length : new int[] {0, 3, 24, 27, 33_554_437, -1}) {
      byte[] word = new XdrWriter().number(length).toBytes();
      assertThatThrownBy(() -> one(word)).isInstanceOf(XdrFault.class);
    }
  }

  @Test
  void theEndInTheMiddleOfAMessageIsTheEnd() throws Exception {
    byte[] whole = Message.call(new LockCall.CreateLockspace("/x"), 5).encode();
    for (int length = 0; length < whole.length; length++) {
      assertThat(one(java.util.Arrays.copyOf(whole, length))).isEmpty();
    }
    assertThat(one(whole)).isPresent();
  }
}
