// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.sanlock.Recording;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every recorded message is read, and written again to the same bytes. */
class GoldenMessagesTest {

  static List<String> names() {
    return Recording.names();
  }

  @Test
  void theRecordingsAreThere() {
    assertThat(names()).hasSize(57);
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyMessageComesBackByteForByte(String name) throws Exception {
    for (Recording.Connection connection : Recording.read(name).connections()) {
      List<Request> requests = requests(connection.sent());
      assertThat(encoded(requests)).as("requests").isEqualTo(hex(connection.sent()));
      assertThat(replies(requests, connection.received()))
          .as("replies")
          .isEqualTo(hex(masked(name, connection.received())));
    }
  }

  /** Reads requests as a daemon does: what is no request is dropped by 32 bytes. */
  static List<Request> requests(byte[] sent) throws Exception {
    List<Request> requests = new ArrayList<>();
    ByteSource source = ByteSource.of(sent);
    int left = sent.length;
    while (left >= Header.SIZE) {
      Header header = Header.decode(source.take(Header.SIZE), 0);
      Optional<Command> command = header.hasMagic() ? Command.ofNumber(header.command()) : none();
      RequestBody body =
          command.isPresent() && !header.isTooNew()
              ? RequestReader.read(command.get(), header, source)
              : RequestBody.None.NONE;
      Request request = new Request(header, body);
      requests.add(request);
      left -= request.encode().length;
    }
    // The notice that ends an event connection.
    if (left > 0) {
      assertThat(source.take(left)).isEqualTo(new byte[] {1, 0, 0, 0});
    }
    return requests;
  }

  private static Optional<Command> none() {
    return Optional.empty();
  }

  private static String encoded(List<Request> requests) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    requests.forEach(request -> all.writeBytes(request.encode()));
    if (requests.getFirst().header().command() == Command.REG_EVENT.number() && isEnded(requests)) {
      all.writeBytes(new byte[] {1, 0, 0, 0});
    }
    return hex(all.toByteArray());
  }

  private static boolean isEnded(List<Request> requests) {
    return requests.getFirst().body() instanceof RequestBody.OfEvent event
        && event.lockspace().name().toString().equals("LS1");
  }

  private static String replies(List<Request> requests, byte[] received) throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteSource source = ByteSource.of(received);
    for (Request request : requests) {
      Optional<Command> command = Command.ofNumber(request.header().command());
      if (all.size() < received.length && command.isPresent() && isAnswered(request)) {
        all.writeBytes(ReplyReader.read(command.get(), source).encode());
      }
    }
    if (all.size() < received.length) {
      assertThat(received.length - all.size()).isEqualTo(EventMessage.SIZE);
      EventMessage event = EventMessage.decode(source.take(EventMessage.SIZE), 0);
      assertThat(event.isValid()).isTrue();
      all.writeBytes(event.encode());
    }
    return hex(all.toByteArray());
  }

  private static boolean isAnswered(Request request) {
    Header header = request.header();
    return header.hasMagic()
        && header.command() != Command.REGISTER.number()
        && (!header.isTooNew() || header.command() == Command.VERSION.number());
  }

  /**
   * Zeroes what the original leaves unset (docs/spec/wire.md 2: padding holes are ignored on
   * input): four bytes of the lockspace in GET_LOCKSPACES.
   */
  private static byte[] masked(String name, byte[] received) {
    byte[] copy = received.clone();
    if (name.equals("get_lockspaces")) {
      Arrays.fill(copy, Header.SIZE + 60, Header.SIZE + 64, (byte) 0);
    }
    return copy;
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
