// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.rpc;

/**
 * The fixed part of a message after its length word (docs/spec/libvirt-lockd.md 2).
 *
 * @param program which protocol, {@link #LOCK_PROGRAM} or {@link #KEEPALIVE_PROGRAM}
 * @param version of the program
 * @param procedure number of the procedure, signed
 * @param type {@link #CALL} and so on
 * @param serial chosen by the caller, echoed in the reply
 * @param status {@link #OK} or {@link #ERROR}
 */
public record Header(int program, int version, int procedure, int type, int serial, int status) {
  /** libvirt's lock protocol. */
  public static final int LOCK_PROGRAM = 0x0EA7BEEF;

  /** The only version of it. */
  public static final int LOCK_VERSION = 1;

  /** libvirt's keepalive protocol. */
  public static final int KEEPALIVE_PROGRAM = 0x6B656570;

  /** Type of a call. */
  public static final int CALL = 0;

  /** Type of a reply. */
  public static final int REPLY = 1;

  /** Type of a message without a reply. */
  public static final int NOTICE = 2;

  /** Type of a call whose payload begins with a number of descriptors. */
  public static final int CALL_WITH_FDS = 4;

  /** Status of a call, and of a reply without payload. */
  public static final int OK = 0;

  /** Status of a reply that carries an {@link RpcError}. */
  public static final int ERROR = 1;

  /** Bytes of the length word and the header. */
  public static final int SIZE = 28;

  /** A call of the lock protocol. */
  public static Header call(int procedure, int serial) {
    return new Header(LOCK_PROGRAM, LOCK_VERSION, procedure, CALL, serial, OK);
  }

  /** The header of the reply to this call. */
  public Header reply(int replyStatus) {
    return new Header(program, version, procedure, REPLY, serial, replyStatus);
  }

  /** Whether this is a message of the lock protocol in its only version. */
  public boolean isLockProtocol() {
    return program == LOCK_PROGRAM && version == LOCK_VERSION;
  }

  /** Whether this is a keepalive PING, which is answered with a PONG. */
  public boolean isPing() {
    return program == KEEPALIVE_PROGRAM && version == 1 && type == NOTICE && procedure == 1;
  }

  /** The answer to a PING. */
  public static Header pong() {
    return new Header(KEEPALIVE_PROGRAM, 1, 2, NOTICE, 0, OK);
  }
}
