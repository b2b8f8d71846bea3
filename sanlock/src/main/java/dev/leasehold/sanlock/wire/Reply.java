// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

import java.io.ByteArrayOutputStream;
import java.util.List;

/** A reply: header and body. */
public record Reply(Header header, ReplyBody body) {

  /** A result reply. */
  public static Reply result(Header request, int result) {
    return new Reply(request.reply(result), ReplyBody.None.NONE);
  }

  /** A reply whose header states its true length. */
  public static Reply with(Header header, ReplyBody body) {
    Reply reply = new Reply(header, body);
    return new Reply(header.withBody(reply.encode().length - Header.SIZE), body);
  }

  /** The bytes. */
  public byte[] encode() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(header.encode());
    switch (body) {
      case ReplyBody.None() -> {}
      case ReplyBody.OfLockspace(WireLockspace lockspace) -> out.writeBytes(bytes(lockspace));
      case ReplyBody.Lockspaces(List<WireLockspace> lockspaces) ->
          lockspaces.forEach(lockspace -> out.writeBytes(bytes(lockspace)));
      case ReplyBody.OfResource(WireResource resource) -> out.writeBytes(bytes(resource));
      case ReplyBody.Owners(WireResource resource, List<WireHost> owners) -> {
        out.writeBytes(bytes(resource));
        out.writeBytes(bytes(owners));
      }
      case ReplyBody.Hosts(List<WireHost> hosts) -> out.writeBytes(bytes(hosts));
      case ReplyBody.Bytes(Octets octets) -> out.writeBytes(octets.bytes());
      case ReplyBody.OfEntry(WireEntry entry) -> {
        Layout layout = Layout.writing(WireEntry.SIZE);
        entry.write(layout);
        out.writeBytes(layout.array());
      }
      case ReplyBody.States(List<WireState> states) ->
          states.forEach(state -> out.writeBytes(state.encode()));
    }
    return out.toByteArray();
  }

  private static byte[] bytes(WireLockspace lockspace) {
    Layout out = Layout.writing(WireLockspace.SIZE);
    lockspace.write(out);
    return out.array();
  }

  private static byte[] bytes(WireResource resource) {
    Layout out = Layout.writing(resource.size());
    resource.write(out);
    return out.array();
  }

  private static byte[] bytes(List<WireHost> hosts) {
    Layout out = Layout.writing(hosts.size() * WireHost.SIZE);
    hosts.forEach(host -> host.write(out));
    return out.array();
  }
}
