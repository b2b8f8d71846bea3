// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.rpc;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/** Reads XDR values one after the other; never beyond the end, whatever the bytes say. */
final class XdrReader {
  /** The longest string of the protocol, in bytes (docs/spec/libvirt-lockd.md 3). */
  static final int MAX_STRING = 65536;

  private final ByteBuffer bytes;

  XdrReader(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
  }

  int number() throws XdrFault {
    need(Integer.BYTES);
    return bytes.getInt();
  }

  UUID uuid() throws XdrFault {
    need(2 * Long.BYTES);
    return new UUID(bytes.getLong(), bytes.getLong());
  }

  /** Text: libvirt's strings come from XML, so they are UTF-8; anything else is refused. */
  String text() throws XdrFault {
    int length = number();
    if (length < 0 || length > MAX_STRING) {
      throw new XdrFault("a string of " + Integer.toUnsignedString(length) + " bytes");
    }
    int padding = padding(length);
    need(length + padding);
    ByteBuffer content = bytes.slice(bytes.position(), length);
    bytes.position(bytes.position() + length);
    for (int i = 0; i < padding; i++) {
      if (bytes.get() != 0) {
        throw new XdrFault("a string is padded with something else than zeros");
      }
    }
    return decoded(content);
  }

  private static String decoded(ByteBuffer content) throws XdrFault {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(content)
          .toString();
    } catch (CharacterCodingException e) {
      throw new XdrFault("a string is not UTF-8");
    }
  }

  Optional<String> optionalText() throws XdrFault {
    return present() ? Optional.of(text()) : Optional.empty();
  }

  /** The mark before an optional value. */
  boolean present() throws XdrFault {
    int mark = number();
    if (mark != 0 && mark != 1) {
      throw new XdrFault("an optional value is marked with " + mark);
    }
    return mark == 1;
  }

  static int padding(int length) {
    return -length & 3;
  }

  private void need(int count) throws XdrFault {
    if (bytes.remaining() < count) {
      throw new XdrFault("the message ends too early");
    }
  }
}
