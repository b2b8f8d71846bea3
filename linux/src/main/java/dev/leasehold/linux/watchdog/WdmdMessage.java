// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.watchdog;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A message of wdmd, 176 bytes in either direction (docs/spec/algorithms.md 6.1).
 *
 * @param command one of the constants
 * @param fireTimeout seconds; of OPEN and STATUS
 * @param renewal CLOCK_MONOTONIC seconds; of TEST_LIVE
 * @param expire CLOCK_MONOTONIC seconds, 0 for no test; of TEST_LIVE
 * @param name of REGISTER; at most 127 bytes are sent
 */
record WdmdMessage(int command, int fireTimeout, long renewal, long expire, String name) {
  static final int SIZE = 176;
  static final int REGISTER = 1;
  static final int REFCOUNT_SET = 2;
  static final int REFCOUNT_CLEAR = 3;
  static final int TEST_LIVE = 4;
  static final int STATUS = 5;
  static final int OPEN = 7;

  private static final int COMMAND_AT = 4;
  private static final int FIRE_TIMEOUT_AT = 20;
  private static final int RENEWAL_AT = 32;
  private static final int EXPIRE_AT = 40;
  private static final int NAME_AT = 48;
  private static final int LONGEST_NAME = 127;

  /** One with nothing but a command. */
  static WdmdMessage of(int command) {
    return new WdmdMessage(command, 0, 0, 0, "");
  }

  static WdmdMessage register(String name) {
    return new WdmdMessage(REGISTER, 0, 0, 0, name);
  }

  static WdmdMessage open(int fireTimeout) {
    return new WdmdMessage(OPEN, fireTimeout, 0, 0, "");
  }

  static WdmdMessage live(long renewal, long expire) {
    return new WdmdMessage(TEST_LIVE, 0, renewal, expire, "");
  }

  byte[] encode() {
    ByteBuffer bytes = ByteBuffer.allocate(SIZE).order(ByteOrder.nativeOrder());
    bytes.putInt(COMMAND_AT, command).putInt(FIRE_TIMEOUT_AT, fireTimeout);
    bytes.putLong(RENEWAL_AT, renewal).putLong(EXPIRE_AT, expire);
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    bytes.put(NAME_AT, text, 0, Math.min(LONGEST_NAME, text.length));
    return bytes.array();
  }

  /** Of what wdmd sent; it sends no name. */
  static WdmdMessage decode(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    return new WdmdMessage(
        buffer.getInt(COMMAND_AT),
        buffer.getInt(FIRE_TIMEOUT_AT),
        buffer.getLong(RENEWAL_AT),
        buffer.getLong(EXPIRE_AT),
        "");
  }
}
