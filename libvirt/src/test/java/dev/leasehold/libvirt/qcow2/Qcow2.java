// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.qcow2;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Makes qcow2 headers. */
final class Qcow2 {
  private static final int NAME_AT = 1024;

  private final ByteBuffer bytes = ByteBuffer.allocate(4096);
  private final int version;
  private int extensionAt;

  private Qcow2(int version) {
    this.version = version;
    bytes.putInt(0, 0x514649fb).putInt(4, version).putInt(20, 12);
    extensionAt = version == 3 ? 104 : 72;
    if (version == 3) {
      bytes.putInt(100, 104);
    }
  }

  static Qcow2 version(int version) {
    return new Qcow2(version);
  }

  Qcow2 backing(String name) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    bytes.putLong(8, NAME_AT).putInt(16, text.length).put(NAME_AT, text);
    return this;
  }

  Qcow2 format(String name) {
    return extension(0xe2792aca, name);
  }

  Qcow2 dataFile(String name) {
    bytes.putLong(72, 4);
    return extension(0x44415441, name);
  }

  private Qcow2 extension(int type, String text) {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    bytes.putInt(extensionAt, type).putInt(extensionAt + 4, content.length);
    bytes.put(extensionAt + 8, content);
    extensionAt += 8 + ((content.length + 7) & ~7);
    return this;
  }

  /** A copy with another 32-bit field. */
  Qcow2 with(int offset, int value) {
    Qcow2 copy = new Qcow2(version);
    copy.bytes.put(0, bytes, 0, bytes.capacity());
    copy.bytes.putInt(offset, value);
    return copy;
  }

  byte[] bytes() {
    return bytes.array().clone();
  }
}
