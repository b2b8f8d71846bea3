// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leasehold.sanlock.Recording;
import dev.leasehold.sanlock.wire.ByteSource;
import dev.leasehold.sanlock.wire.Command;
import dev.leasehold.sanlock.wire.Header;
import dev.leasehold.sanlock.wire.Octets;
import dev.leasehold.sanlock.wire.PathField;
import dev.leasehold.sanlock.wire.Reply;
import dev.leasehold.sanlock.wire.ReplyBody;
import dev.leasehold.sanlock.wire.ReplyReader;
import dev.leasehold.sanlock.wire.Request;
import dev.leasehold.sanlock.wire.RequestBody;
import dev.leasehold.sanlock.wire.RequestReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Plays the client of a recorded conversation, with paths below a directory of ours, and compares
 * what the daemon answers.
 */
final class Replay {
  /** The process that acted in the recordings. */
  static final int RECORDED_PID = 23305;

  private final Path dir;
  private final int pid;

  Replay(Path dir, int pid) {
    this.dir = dir;
    this.pid = pid;
  }

  /** An exchange as recorded, and what our daemon answered, in the terms of the recording. */
  record Exchange(Request request, Reply expected, Reply actual) {}

  /** Plays one connection; the replies are as they came, with the recorded paths. */
  List<Exchange> play(Recording.Connection connection, RawClient client) throws Exception {
    List<Exchange> exchanges = new ArrayList<>();
    ByteSource recorded = ByteSource.of(connection.received());
    for (Request request : requests(connection.sent())) {
      client.send(ours(request.encode()));
      Optional<Command> command = Command.ofNumber(request.header().command());
      if (command.isPresent() && isAnswered(request.header(), connection)) {
        Reply expected = ReplyReader.read(command.get(), recorded);
        Reply actual = client.reply(command.get());
        exchanges.add(new Exchange(request, expected, theirs(command.get(), actual)));
      }
    }
    return exchanges;
  }

  private static boolean isAnswered(Header header, Recording.Connection connection) {
    return header.hasMagic()
        && connection.received().length > 0
        && header.command() != Command.REGISTER.number()
        && (!header.isTooNew() || header.command() == Command.VERSION.number());
  }

  private static List<Request> requests(byte[] sent) throws Exception {
    List<Request> requests = new ArrayList<>();
    ByteSource source = ByteSource.of(sent);
    for (int left = sent.length; left >= Header.SIZE; ) {
      Header header = Header.decode(source.take(Header.SIZE), 0);
      Optional<Command> command = Command.ofNumber(header.command());
      RequestBody body =
          header.hasMagic() && command.isPresent() && !header.isTooNew()
              ? RequestReader.read(command.get(), header, source)
              : RequestBody.None.NONE;
      requests.add(new Request(header, body));
      left -= requests.getLast().encode().length;
    }
    return requests;
  }

  private byte[] ours(byte[] message) {
    byte[] copy = withPaths(message, path -> dir + path.substring("/mnt".length()), "/mnt/");
    if (Header.decode(copy, 0).data2() == RECORDED_PID) {
      byte[] header = Header.decode(copy, 0).withData2(pid).encode();
      System.arraycopy(header, 0, copy, 0, Header.SIZE);
    }
    return copy;
  }

  private Reply theirs(Command command, Reply reply) throws Exception {
    if (reply.body() instanceof ReplyBody.Bytes(Octets text) && command == Command.INQUIRE) {
      Octets mapped = Octets.of(text.toString().replace(dir.toString(), "/mnt"));
      return Reply.with(reply.header(), new ReplyBody.Bytes(mapped));
    }
    byte[] mapped =
        withPaths(
            reply.encode(), path -> "/mnt" + path.substring(dir.toString().length()), dir + "/");
    return ReplyReader.read(command, ByteSource.of(mapped));
  }

  /** Replaces paths, which end at their NUL and have room up to the end of their field. */
  private static byte[] withPaths(byte[] message, UnaryOperator<String> map, String prefix) {
    byte[] copy = message.clone();
    byte[] wanted = prefix.getBytes(StandardCharsets.UTF_8);
    for (int at = 0; at + PathField.SIZE <= copy.length; at++) {
      if (Arrays.equals(copy, at, at + wanted.length, wanted, 0, wanted.length)) {
        int end = at;
        while (copy[end] != 0) {
          end++;
        }
        byte[] mapped =
            map.apply(new String(copy, at, end - at, StandardCharsets.UTF_8))
                .getBytes(StandardCharsets.UTF_8);
        Arrays.fill(copy, at, at + PathField.SIZE, (byte) 0);
        System.arraycopy(mapped, 0, copy, at, mapped.length);
        at += PathField.SIZE - 1;
      }
    }
    return copy;
  }

  /** Checks that every reply is the recorded one, byte for byte. */
  static void assertSame(List<Exchange> exchanges) {
    for (Exchange exchange : exchanges) {
      assertThat(exchange.actual()).isEqualTo(exchange.expected());
      assertThat(exchange.actual().encode()).isEqualTo(exchange.expected().encode());
    }
  }
}
