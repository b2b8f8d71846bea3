// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.qcow2;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What the header of a qcow2 image says about other files.
 *
 * @param backing name of the backing file, as it stands there
 * @param backingFormat its format, if the header says so
 * @param dataFile name of the external data file
 */
record Header(Optional<String> backing, Optional<String> backingFormat, Optional<String> dataFile) {
  /** Enough to see whether there is more to read. */
  static final int FIRST = 512;

  private static final int CLUSTER_BITS = 20;

  private static final int MAGIC = 0x514649fb;
  private static final int LENGTH_V2 = 72;
  private static final int LENGTH_V3 = 104;
  private static final int LONGEST_NAME = 1023;
  private static final int FEATURES = 72;
  private static final int HEADER_LENGTH = 100;
  private static final long EXTERNAL_DATA = 4;

  /** All incompatible features that are known; others may mean that files are named elsewhere. */
  private static final long KNOWN_FEATURES = 0x1f;

  private static final int EXTENSION_END = 0;
  private static final int EXTENSION_FORMAT = 0xe2792aca;
  private static final int EXTENSION_DATA_FILE = 0x44415441;

  /** Whether the bytes begin a qcow2 image. */
  static boolean is(byte[] start) {
    return start.length >= 8 && ByteBuffer.wrap(start).getInt(0) == MAGIC;
  }

  /** Bytes that have to be read for {@link #parse}: the header lies in the first cluster. */
  static int clusterSize(String image, byte[] start) throws ImageException {
    int bits = start.length < LENGTH_V2 ? 0 : ByteBuffer.wrap(start).getInt(CLUSTER_BITS);
    if (bits < 9 || bits > 21) {
      throw new ImageException(
          image, "its qcow2 header is cut off or has an impossible cluster size");
    }
    return 1 << bits;
  }

  /**
   * Reads it.
   *
   * @param image for messages
   * @param start the first cluster, or all of the file if that is shorter
   */
  static Header parse(String image, byte[] start) throws ImageException {
    return new Reader(image, ByteBuffer.wrap(start).order(ByteOrder.BIG_ENDIAN)).header();
  }

  private static final class Reader {
    private final String image;
    private final ByteBuffer bytes;

    Reader(String image, ByteBuffer bytes) {
      this.image = image;
      this.bytes = bytes;
    }

    Header header() throws ImageException {
      need(LENGTH_V2, "the header");
      int version = bytes.getInt(4);
      if (version != 2 && version != 3) {
        throw fault("qcow2 version " + Integer.toUnsignedString(version) + " is not known");
      }
      long features = 0;
      long length = LENGTH_V2;
      if (version == 3) {
        need(LENGTH_V3, "the header");
        features = bytes.getLong(FEATURES);
        length = Integer.toUnsignedLong(bytes.getInt(HEADER_LENGTH));
        if (length < LENGTH_V3 || length > bytes.limit() || length % 8 != 0) {
          throw fault("its header length " + length + " cannot be right");
        }
      }
      if ((features & ~KNOWN_FEATURES) != 0) {
        throw fault("it has unknown incompatible features: 0x" + Long.toHexString(features));
      }
      return header(features, (int) length);
    }

    private Header header(long features, int length) throws ImageException {
      long offset = bytes.getLong(8);
      Optional<String> backing = Optional.empty();
      if (offset != 0) {
        int size = bytes.getInt(16);
        if (size < 1 || size > LONGEST_NAME) {
          throw fault("its backing file name has an impossible length");
        }
        if (offset < length || offset > bytes.limit() - size) {
          throw fault("its backing file name lies outside of the header cluster");
        }
        backing = Optional.of(text((int) offset, size));
      }
      int end = offset == 0 ? bytes.limit() : (int) offset;
      Optional<String> format = extension(EXTENSION_FORMAT, length, end);
      Optional<String> data = extension(EXTENSION_DATA_FILE, length, end);
      boolean external = (features & EXTERNAL_DATA) != 0;
      if (external && data.isEmpty()) {
        throw fault("its data is in another file, and it does not say in which");
      }
      return new Header(backing, format, external ? data : Optional.empty());
    }

    /** Extensions are type, length, and that much, padded to 8 bytes. */
    private Optional<String> extension(int wanted, int from, int end) throws ImageException {
      long at = from;
      while (at + 8 <= end) {
        int type = bytes.getInt((int) at);
        long size = Integer.toUnsignedLong(bytes.getInt((int) at + 4));
        if (type == EXTENSION_END) {
          return Optional.empty();
        }
        if (at + 8 + size > end) {
          throw fault("a header extension reaches beyond the header");
        }
        if (type == wanted) {
          if (size == 0 || size > LONGEST_NAME) {
            throw fault("a name in a header extension has an impossible length");
          }
          return Optional.of(text((int) at + 8, (int) size));
        }
        at += 8 + ((size + 7) & ~7L);
      }
      return Optional.empty();
    }

    private String text(int offset, int size) throws ImageException {
      try {
        String text =
            StandardCharsets.UTF_8.newDecoder().decode(bytes.slice(offset, size)).toString();
        if (text.indexOf('\0') >= 0) {
          throw fault("a file name in its header holds a NUL");
        }
        return text;
      } catch (CharacterCodingException e) {
        throw fault("a file name in its header is not UTF-8");
      }
    }

    private void need(int length, String what) throws ImageException {
      if (bytes.limit() < length) {
        throw fault(what + " is cut off");
      }
    }

    private ImageException fault(String message) {
      return new ImageException(image, message);
    }
  }
}
