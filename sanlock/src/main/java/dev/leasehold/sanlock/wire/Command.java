// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.sanlock.wire;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The commands, with their numbers and what follows the header (docs/spec/wire.md 3). */
public enum Command {
  REGISTER(1, BodyShape.NONE),
  ADD_LOCKSPACE(2, BodyShape.LOCKSPACE),
  REM_LOCKSPACE(3, BodyShape.LOCKSPACE),
  SHUTDOWN(4, BodyShape.NONE),
  STATUS(5, BodyShape.NONE),
  LOG_DUMP(6, BodyShape.NONE),
  ACQUIRE(7, BodyShape.ACQUIRE),
  RELEASE(8, BodyShape.RELEASE),
  INQUIRE(9, BodyShape.NONE),
  RESTRICT(10, BodyShape.NONE),
  REQUEST(11, BodyShape.RESOURCE_DISKS),
  ALIGN(12, BodyShape.DISK),
  EXAMINE_LOCKSPACE(13, BodyShape.LOCKSPACE),
  EXAMINE_RESOURCE(14, BodyShape.RESOURCE),
  HOST_STATUS(15, BodyShape.LOCKSPACE),
  INQ_LOCKSPACE(16, BodyShape.LOCKSPACE),
  KILLPATH(17, BodyShape.KILLPATH),
  WRITE_LOCKSPACE(18, BodyShape.LOCKSPACE),
  WRITE_RESOURCE(19, BodyShape.RESOURCE_DISKS),
  READ_LOCKSPACE(20, BodyShape.LOCKSPACE),
  READ_RESOURCE(21, BodyShape.RESOURCE_DISKS),
  GET_LOCKSPACES(22, BodyShape.NONE),
  GET_HOSTS(23, BodyShape.LOCKSPACE),
  READ_RESOURCE_OWNERS(24, BodyShape.RESOURCE_DISKS),
  SET_LVB(25, BodyShape.VALUE),
  GET_LVB(26, BodyShape.RESOURCE),
  CONVERT(27, BodyShape.RESOURCE),
  VERSION(28, BodyShape.NONE),
  SHUTDOWN_WAIT(29, BodyShape.NONE),
  REG_EVENT(30, BodyShape.LOCKSPACE_EVENT),
  END_EVENT(31, BodyShape.LOCKSPACE),
  SET_EVENT(32, BodyShape.LOCKSPACE_EVENT),
  SET_CONFIG(33, BodyShape.LOCKSPACE),
  RENEWAL(34, BodyShape.LOCKSPACE),
  FORMAT_RINDEX(35, BodyShape.INDEX),
  UPDATE_RINDEX(36, BodyShape.INDEX_ENTRY),
  LOOKUP_RINDEX(37, BodyShape.INDEX_ENTRY),
  CREATE_RESOURCE(38, BodyShape.INDEX_ENTRY),
  DELETE_RESOURCE(39, BodyShape.INDEX_ENTRY),
  REBUILD_RINDEX(40, BodyShape.INDEX);

  private static final Map<Integer, Command> BY_NUMBER =
      Stream.of(values()).collect(Collectors.toMap(Command::number, Function.identity()));

  private final int number;
  private final BodyShape shape;

  Command(int number, BodyShape shape) {
    this.number = number;
    this.shape = shape;
  }

  /** The command of a number, or empty for one that sanlock 3.8.5 does not know. */
  public static Optional<Command> ofNumber(int number) {
    return Optional.ofNullable(BY_NUMBER.get(number));
  }

  /** The number in the header. */
  public int number() {
    return number;
  }

  /** What follows the header of a request. */
  public BodyShape shape() {
    return shape;
  }
}
