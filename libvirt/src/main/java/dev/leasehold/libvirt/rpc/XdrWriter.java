// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.rpc;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/** Writes XDR values one after the other. */
final class XdrWriter {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);

  XdrWriter number(int value) {
    bytes.write(value >>> 24);
    bytes.write(value >>> 16);
    bytes.write(value >>> 8);
    bytes.write(value);
    return this;
  }

  XdrWriter uuid(UUID value) {
    return longNumber(value.getMostSignificantBits()).longNumber(value.getLeastSignificantBits());
  }

  private XdrWriter longNumber(long value) {
    return number((int) (value >>> 32)).number((int) value);
  }

  /**
   * Text.
   *
   * @throws IllegalArgumentException if it is longer than the protocol allows
   */
  XdrWriter text(String value) {
    byte[] content = value.getBytes(StandardCharsets.UTF_8);
    if (content.length > XdrReader.MAX_STRING) {
      throw new IllegalArgumentException("a string of " + content.length + " bytes");
    }
    number(content.length);
    bytes.writeBytes(content);
    for (int i = XdrReader.padding(content.length); i > 0; i--) {
      bytes.write(0);
    }
    return this;
  }

  XdrWriter optionalText(Optional<String> value) {
    number(value.isPresent() ? 1 : 0);
    value.ifPresent(this::text);
    return this;
  }

  byte[] toBytes() {
    return bytes.toByteArray();
  }
}
