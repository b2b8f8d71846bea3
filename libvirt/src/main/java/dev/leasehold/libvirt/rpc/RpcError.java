// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.rpc;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The payload of a reply with status {@link Header#ERROR} (docs/spec/libvirt-lockd.md 4). libvirt
 * shows {@code message} as it is; the numbers only classify. The two optional objects of the
 * structure are never sent.
 *
 * @param code libvirt's error code
 * @param domain which part of libvirt says it
 * @param message for people
 * @param level always 2, an error
 */
public record RpcError(
    int code,
    int domain,
    Optional<String> message,
    int level,
    Optional<String> str1,
    Optional<String> str2,
    Optional<String> str3,
    int int1,
    int int2) {
  /** Something that should not be. */
  public static final int INTERNAL_ERROR = 1;

  /** An argument that is not valid. */
  public static final int INVALID_ARG = 8;

  /** Not on this connection. */
  public static final int OPERATION_DENIED = 29;

  /** The system refused. */
  public static final int SYSTEM_ERROR = 38;

  /** The call itself is wrong. */
  public static final int RPC = 39;

  /** Not now. */
  public static final int OPERATION_INVALID = 55;

  /** Somebody else has it. */
  public static final int RESOURCE_BUSY = 87;

  /** Domain of errors of the protocol. */
  public static final int DOMAIN_RPC = 7;

  /** Domain of errors of locks. */
  public static final int DOMAIN_LOCKSPACE = 51;

  private static final int LEVEL_ERROR = 2;

  /** Room for any sentence, far below what the protocol allows. */
  private static final int MAX_MESSAGE = 4096;

  /** Text with a prefix that tells its kind, as the original composes it. */
  private static RpcError of(int code, int domain, String prefix, String text) {
    String cut = shortened(text);
    return new RpcError(
        code,
        domain,
        Optional.of(prefix + cut),
        LEVEL_ERROR,
        Optional.of(prefix + "%s"),
        Optional.of(cut),
        Optional.empty(),
        -1,
        -1);
  }

  /** So that a path of 65536 bytes in a message does not make the reply undecodable. */
  private static String shortened(String text) {
    if (text.getBytes(StandardCharsets.UTF_8).length <= MAX_MESSAGE) {
      return text;
    }
    int end = text.offsetByCodePoints(0, Math.min(text.codePointCount(0, text.length()), 1000));
    return text.substring(0, end) + "...";
  }

  /** 1, of the protocol. */
  public static RpcError internal(String text) {
    return of(INTERNAL_ERROR, DOMAIN_RPC, "internal error: ", text);
  }

  /** 1, of a lock. */
  public static RpcError lockInternal(String text) {
    return of(INTERNAL_ERROR, DOMAIN_LOCKSPACE, "internal error: ", text);
  }

  /** 8: flag bits that the procedure does not know. */
  public static RpcError unsupportedFlags(int flags, Procedure procedure) {
    String function = procedure.functionName();
    String text =
        "unsupported flags (0x" + Integer.toHexString(flags) + ") in function " + function;
    return new RpcError(
        INVALID_ARG,
        DOMAIN_RPC,
        Optional.of(text),
        LEVEL_ERROR,
        Optional.of(function),
        Optional.of("flags"),
        Optional.empty(),
        0,
        0);
  }

  /** 29. */
  public static RpcError denied(String text) {
    return of(OPERATION_DENIED, DOMAIN_RPC, "operation forbidden: ", text);
  }

  /** 38: a system call failed with {@code errno}; the text says of what, and why. */
  public static RpcError system(String text, int errno) {
    RpcError plain = of(SYSTEM_ERROR, DOMAIN_LOCKSPACE, "", text);
    return new RpcError(
        plain.code,
        plain.domain,
        plain.message,
        plain.level,
        plain.str1,
        plain.str2,
        plain.str3,
        errno,
        -1);
  }

  /** 39. */
  public static RpcError rpc(String text) {
    return of(RPC, DOMAIN_RPC, "", text);
  }

  /** 55. */
  public static RpcError invalid(String text) {
    return of(OPERATION_INVALID, DOMAIN_RPC, "Requested operation is not valid: ", text);
  }

  /** 87. */
  public static RpcError busy(String text) {
    return of(RESOURCE_BUSY, DOMAIN_LOCKSPACE, "resource busy: ", text);
  }

  /** Its bytes. */
  public byte[] encode() {
    return new XdrWriter()
        .number(code)
        .number(domain)
        .optionalText(message)
        .number(level)
        .number(0)
        .optionalText(str1)
        .optionalText(str2)
        .optionalText(str3)
        .number(int1)
        .number(int2)
        .number(0)
        .toBytes();
  }

  /**
   * Reads one.
   *
   * @throws XdrFault if it is none, or carries an object
   */
  public static RpcError decode(byte[] payload) throws XdrFault {
    XdrReader in = new XdrReader(payload);
    int code = in.number();
    int domain = in.number();
    Optional<String> message = in.optionalText();
    int level = in.number();
    noObject(in);
    Optional<String> str1 = in.optionalText();
    Optional<String> str2 = in.optionalText();
    Optional<String> str3 = in.optionalText();
    int int1 = in.number();
    int int2 = in.number();
    noObject(in);
    return new RpcError(code, domain, message, level, str1, str2, str3, int1, int2);
  }

  private static void noObject(XdrReader in) throws XdrFault {
    if (in.present()) {
      throw new XdrFault("an error with an object in it");
    }
  }
}
