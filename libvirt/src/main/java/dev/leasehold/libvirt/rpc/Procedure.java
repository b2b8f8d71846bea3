// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.rpc;

import java.util.Optional;
import java.util.stream.Stream;

/** The procedures of the lock protocol (docs/spec/libvirt-lockd.md 3). */
public enum Procedure {
  /** Who the following calls are for. */
  REGISTER(1, "Register"),
  /** No further call on this connection. */
  RESTRICT(2, "Restrict"),
  /** A lockspace that must not exist. */
  NEW(3, "New"),
  /** A resource. */
  CREATE_RESOURCE(4, "CreateResource"),
  /** A resource no more. */
  DELETE_RESOURCE(5, "DeleteResource"),
  /** A lock. */
  ACQUIRE_RESOURCE(6, "AcquireResource"),
  /** A lock no more. */
  RELEASE_RESOURCE(7, "ReleaseResource"),
  /** A lockspace that may exist. */
  CREATE_LOCKSPACE(8, "CreateLockSpace");

  private final int number;
  private final String functionSuffix;

  Procedure(int number, String functionSuffix) {
    this.number = number;
    this.functionSuffix = functionSuffix;
  }

  /** Its number in the header. */
  public int number() {
    return number;
  }

  /** The function that the original names when it refuses flags. */
  public String functionName() {
    return "virLockSpaceProtocolDispatch" + functionSuffix;
  }

  /** By its number. */
  public static Optional<Procedure> ofNumber(int number) {
    return Stream.of(values()).filter(p -> p.number == number).findFirst();
  }
}
