// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads the reply to a request as its command has it (docs/spec/wire.md 4). */
public final class ReplyReader {
  /** The most bytes that a reply may have before it is taken for nonsense. */
  public static final int MAX_BODY = 64 << 20;

  private final Header header;
  private final ByteSource source;

  private ReplyReader(Header header, ByteSource source) {
    this.header = header;
    this.source = source;
  }

  /**
   * Reads a whole reply; the streams of STATUS, HOST_STATUS and RENEWAL to the end.
   *
   * @throws IOException of the source, or if what comes is no reply to that command
   */
  public static Reply read(Command command, ByteSource source) throws IOException {
    Header header = Header.decode(source.take(Header.SIZE), 0);
    if (!header.hasMagic()) {
      throw new IOException("what came is no message of the sanlock protocol");
    }
    // The late answer to SHUTDOWN_WAIT has no command number.
    boolean answers =
        header.command() == command.number()
            || (command == Command.SHUTDOWN_WAIT && header.command() == 0);
    if (!answers) {
      throw new IOException("an answer to command " + header.command() + ", not to " + command);
    }
    return new Reply(header, new ReplyReader(header, source).body(command));
  }

  private ReplyBody body(Command command) throws IOException {
    return switch (command) {
      case INQUIRE -> new ReplyBody.Bytes(octets(stated()));
      case GET_LVB -> new ReplyBody.Bytes(header.data() < 0 ? Octets.NONE : octets(stated()));
      case LOG_DUMP -> new ReplyBody.Bytes(octets(bounded(Math.max(0, header.data()))));
      case READ_LOCKSPACE ->
          new ReplyBody.OfLockspace(WireLockspace.read(take(WireLockspace.SIZE)));
      case READ_RESOURCE -> new ReplyBody.OfResource(WireResource.read(take(WireResource.SIZE)));
      case READ_RESOURCE_OWNERS -> {
        WireResource resource = WireResource.read(take(WireResource.SIZE));
        yield new ReplyBody.Owners(resource, hosts(Math.max(0, stated() - WireResource.SIZE)));
      }
      case GET_LOCKSPACES -> new ReplyBody.Lockspaces(lockspaces(stated()));
      case GET_HOSTS -> new ReplyBody.Hosts(hosts(stated()));
      case UPDATE_RINDEX, LOOKUP_RINDEX, CREATE_RESOURCE, DELETE_RESOURCE ->
          new ReplyBody.OfEntry(WireEntry.read(take(WireEntry.SIZE)));
      case STATUS, HOST_STATUS, RENEWAL -> new ReplyBody.States(states());
      default -> ReplyBody.None.NONE;
    };
  }

  private int stated() throws IOException {
    return bounded(header.statedBody());
  }

  private static int bounded(long length) throws IOException {
    if (length > MAX_BODY) {
      throw new IOException("a reply of " + length + " bytes");
    }
    return (int) length;
  }

  private List<WireLockspace> lockspaces(int length) throws IOException {
    List<WireLockspace> lockspaces = new ArrayList<>();
    for (int i = 0; i < length / WireLockspace.SIZE; i++) {
      lockspaces.add(WireLockspace.read(take(WireLockspace.SIZE)));
    }
    return lockspaces;
  }

  private List<WireHost> hosts(int length) throws IOException {
    List<WireHost> hosts = new ArrayList<>();
    for (int i = 0; i < length / WireHost.SIZE; i++) {
      hosts.add(WireHost.read(take(WireHost.SIZE)));
    }
    return hosts;
  }

  private List<WireState> states() throws IOException {
    List<WireState> states = new ArrayList<>();
    while (true) {
      byte[] first;
      try {
        first = source.take(1);
      } catch (EOFException e) {
        return states;
      }
      states.add(WireState.read(resumed(first)));
    }
  }

  /** The source with one byte put back. */
  private ByteSource resumed(byte[] first) {
    return new ByteSource() {
      private boolean resumed;

      @Override
      public byte[] take(int count) throws IOException {
        if (resumed || count == 0) {
          return source.take(count);
        }
        resumed = true;
        byte[] bytes = new byte[count];
        bytes[0] = first[0];
        System.arraycopy(source.take(count - 1), 0, bytes, 1, count - 1);
        return bytes;
      }
    };
  }

  private Layout take(int count) throws IOException {
    return Layout.reading(source.take(count), 0);
  }

  private Octets octets(int count) throws IOException {
    return Octets.of(source.take(count));
  }
}
