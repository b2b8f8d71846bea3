// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.ondisk;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Everything that can go wrong with a lease, as the number that clients of the {@code sanlock}
 * socket see (docs/spec/algorithms.md appendix A), with a sentence for people and what to do next.
 *
 * <p>The names are sanlock's without {@code SANLK_}, and the names of errno values.
 */
public enum ErrorCode {
  /** Success; clients see 0. */
  OK(0, "The operation succeeded.", "Nothing needs to be done."),

  ERROR(
      -201,
      "The operation was given up because the lockspace is being removed or the daemon is"
          + " stopping.",
      "Try again once the lockspace has been joined again."),
  AIO_TIMEOUT(
      -202,
      "The storage did not answer within the I/O timeout, so it is not known whether the request"
          + " took effect.",
      "Check the storage and the network path to it, and the kernel log for I/O errors."),
  WD_ERROR(
      -203,
      "The watchdog could not be reached or did not accept this lockspace.",
      "Check that wdmd or the watchdog device works and has the same fire timeout on all hosts."),

  DBLOCK_READ(
      -210,
      "The lease's ballot blocks could not be read.",
      "Check that the storage of the lease is reachable and readable."),
  DBLOCK_WRITE(
      -211,
      "This host's ballot block could not be written.",
      "Check that the storage of the lease is writable and not full."),
  DBLOCK_LVER(
      -212,
      "Another host is already in a ballot for a later version of the lease.",
      "Try again; the ballot is repeated from the start."),
  DBLOCK_MBAL(
      -213,
      "Another host is in a ballot with a higher number.",
      "Try again; the ballot is repeated with a higher number."),
  DBLOCK_CHECKSUM(
      -214,
      "A host's ballot block in the lease has a wrong checksum.",
      "Make sure that nobody uses the resource, then create its lease afresh; check the storage."),

  LEADER_READ(
      -220,
      "The lease's leader record could not be read.",
      "Check that the storage of the lease is reachable and readable."),
  LEADER_WRITE(
      -221,
      "The lease's leader record could not be written.",
      "Check that the storage of the lease is writable and not full."),
  LEADER_DIFF(
      -222,
      "The copies of the lease on its disks disagree.",
      "Make sure that nobody uses the resource, then create its lease afresh on all disks."),
  LEADER_MAGIC(
      -223,
      "There is no lease here: the area was never initialised, or it was cleared.",
      "Check path and offset; create the lockspace or the lease if it does not exist yet."),
  LEADER_VERSION(
      -224,
      "The lease was written in a format that this version does not know.",
      "Use the sanlock version that wrote it; do not write to it with this one."),
  LEADER_SECTORSIZE(
      -225,
      "The leader record gives a sector or align size that does not exist.",
      "Check path and offset; initialise the area afresh if nobody uses it."),
  LEADER_LOCKSPACE(
      -226, "The area belongs to another lockspace.", "Check lockspace name, path and offset."),
  LEADER_RESOURCE(
      -227, "The area belongs to another resource.", "Check resource name, path and offset."),
  LEADER_NUMHOSTS(
      -228,
      "The lease has no room for this host id, or claims more hosts than it can hold.",
      "Use a lower host id, or create the lease for more hosts."),
  LEADER_CHECKSUM(
      -229,
      "The leader record has a wrong checksum.",
      "Check the storage and who else writes to it; initialise the area afresh if nobody uses it."),
  ADDLS_SIZES(
      -230,
      "The lockspace gives a pair of sector and align size that does not exist.",
      "Check path and offset; initialise the lockspace afresh if nobody uses it."),
  ADDLS_INVALID_HOSTID(
      -231,
      "The host id is higher than the lockspace has room for.",
      "Use a lower host id, or a lockspace with a larger align size."),

  ACQUIRE_LVER(
      -240,
      "The lease is not at the version that was asked for.",
      "Read the lease again and ask for its current version."),
  ACQUIRE_LOCKSPACE(
      -241,
      "The lockspace of the lease's owner is not joined here.",
      "Join that lockspace, then try again."),
  ACQUIRE_IDDISK(
      -242,
      "The storage of the lockspace cannot be opened.",
      "Check that the lockspace's path exists and is accessible."),
  ACQUIRE_IDLIVE(
      -243,
      "The lease is held by a host that is alive.",
      "Stop its user on that host first, or wait until it is released."),
  ACQUIRE_OWNED(
      -244,
      "Another host took the lease at the same moment.",
      "Stop its user on that host first, or wait until it is released."),
  ACQUIRE_OTHER(
      -245,
      "The ballot gave the lease to another host.",
      "Stop its user on that host first, or wait until it is released."),
  ACQUIRE_SHRETRY(
      -246,
      "The shared lease was momentarily held by other hosts each time it was tried.",
      "Try again."),
  ACQUIRE_OWNED_RETRY(
      -247,
      "The lease's owner is not yet known to be dead, and the caller does not want to wait.",
      "Try again later, or let the request wait."),

  RELEASE_LVER(
      -250,
      "The lease's version changed while it was held here.",
      "Find out who else wrote to the lease; treat the resource as possibly used by two hosts."),
  RELEASE_OWNER(
      -251,
      "The lease's leader record is not the one that this host wrote.",
      "If an earlier release timed out it took effect after all; otherwise find out who wrote it."),

  RENEW_OWNER(
      -260,
      "This host's delta lease was taken by another owner.",
      "Find the other host with this host id and give each host its own."),
  RENEW_DIFF(
      -261,
      "This host's delta lease was changed by somebody else.",
      "Find out who else writes to the lockspace."),
  HOSTID_BUSY(
      -262,
      "The host id is in use by another host.",
      "Give this host another host id, or stop the other host."),

  REQUEST_MAGIC(
      -270,
      "There is no request record where the lease should have one.",
      "Check path and offset; create the lease afresh if nobody uses it."),
  REQUEST_VERSION(
      -271,
      "The request record was written in a format that this version does not know.",
      "Use the sanlock version that wrote it."),
  REQUEST_OLD(
      -272,
      "The version asked for is not above the lease's current one.",
      "Read the lease again and ask for a higher version, or for the next one."),
  REQUEST_LVER(
      -273,
      "A request for a higher version of the lease is already pending.",
      "Wait for that request, or ask for a higher version."),
  RINDEX_MAGIC(
      -274,
      "There is no resource index here.",
      "Check path and offset; format the index if needed."),
  RINDEX_VERSION(
      -275,
      "The resource index was written in a format that this version does not know.",
      "Use the sanlock version that wrote it."),
  RINDEX_LOCKSPACE(
      -276,
      "The resource index belongs to another lockspace.",
      "Check lockspace name, path and offset."),
  RINDEX_OFFSET(
      -277,
      "The offset is not the one of the resource index, or not a multiple of the align size.",
      "Check the offset."),
  RINDEX_DIFF(
      -278,
      "The resource index has another name at that offset.",
      "Look the resource up by its name alone."),

  EPERM(
      -1,
      "The request failed without a closer reason, or is not permitted.",
      "Look for the cause in the log of the daemon."),
  ENOENT(-2, "It does not exist.", "Check the name or the path."),
  ESRCH(
      -3,
      "The process is not registered or no longer exists.",
      "Register the process first, and check that it still runs."),
  EINTR(-4, "The operation was interrupted.", "Try again."),
  EIO(-5, "The storage reported an I/O error.", "Check the storage and the kernel log."),
  ENXIO(-6, "The device is gone.", "Check that the device is connected."),
  E2BIG(-7, "More was given than fits.", "Ask for less at a time."),
  EBADF(-9, "The file is not open.", "Look for the cause in the log of the daemon."),
  EAGAIN(
      -11,
      "Another holder or an operation in progress stands in the way for the moment.",
      "Try again when the other holder has released the lease or the operation has ended."),
  ENOMEM(-12, "There is not enough memory.", "Free memory, or raise the memory limit."),
  EACCES(
      -13,
      "Access to the file is denied.",
      "Check owner, mode and security label of the file, and the user the daemon runs as."),
  EBUSY(-16, "Another operation on the same thing is in progress.", "Try again when it has ended."),
  EEXIST(-17, "It exists already, or is already held by this host.", "Use what exists."),
  ENODEV(-19, "The path could not be opened.", "Check that it exists and is accessible."),
  ENOTDIR(-20, "A part of the path is not a directory.", "Check the path."),
  EISDIR(-21, "The path is a directory.", "Give the path of a file or a device."),
  EINVAL(-22, "An argument is not valid.", "Check the arguments of the request."),
  EMFILE(-24, "Too many files are open.", "Raise the limit of open files."),
  ENOTTY(
      -25,
      "The process ended while its lease was being acquired.",
      "Nothing needs to be done; the lease is released again."),
  EFBIG(-27, "The file is too large.", "Check the offset, and the limits of the file system."),
  ENOSPC(
      -28,
      "The lockspace is not joined or is failing, or there is no space left.",
      "Join the lockspace, or free space on the storage."),
  EROFS(-30, "The file system is read-only.", "Mount the file system writable."),
  ERANGE(-34, "A number or a length is out of range.", "Check the arguments of the request."),
  ENAMETOOLONG(-36, "A name is too long.", "Use a shorter name."),
  ELOOP(-40, "The path has too many symbolic links.", "Check the path."),
  ENOCSI(
      -50,
      "Too many clients are registered for the events of the lockspace.",
      "Close clients that are no longer needed."),
  ELIBACC(-79, "A field of the resource description is missing.", "Check the description."),
  ELIBBAD(-80, "The resource description cannot be parsed.", "Check the description."),
  ELIBSCN(-81, "The resource description holds too much.", "Check the description."),
  EMSGSIZE(
      -90,
      "Less was read or written than asked for; the file or device ends too early.",
      "Check the offset and the size of the file or device."),
  EOPNOTSUPP(
      -95, "The storage does not support the operation.", "Use storage that supports direct I/O."),
  ENOTCONN(
      -107,
      "The request ended before all of it was received.",
      "Check the client; it must send the whole request."),
  ETIMEDOUT(-110, "The other side did not answer in time.", "Check the network and the storage."),
  EALREADY(-114, "It is already so.", "Nothing needs to be done."),
  EINPROGRESS(-115, "The operation is still in progress.", "Ask again later for its outcome."),
  ESTALE(
      -116,
      "The process is gone, or the file was removed on the server.",
      "Check that the process still runs and that the storage is mounted."),
  EUCLEAN(
      -117,
      "The lease is an orphan of a process that ended.",
      "Adopt or release the orphan first."),
  EREMOTEIO(-121, "The storage server reported an I/O error.", "Check the storage server."),
  EDQUOT(-122, "The quota on the storage is used up.", "Free space, or raise the quota."),
  ECANCELED(-125, "The operation was cancelled.", "Try again.");

  private static final Map<Integer, ErrorCode> BY_NUMBER =
      Stream.of(values()).collect(Collectors.toMap(ErrorCode::number, Function.identity()));

  private final int number;
  private final String sentence;
  private final String remedy;

  ErrorCode(int number, String sentence, String remedy) {
    this.number = number;
    this.sentence = sentence;
    this.remedy = remedy;
  }

  /** The code of a number, or empty for a number that nobody should send. */
  public static Optional<ErrorCode> ofNumber(int number) {
    return Optional.ofNullable(BY_NUMBER.get(number));
  }

  /** The code for a Linux error number (positive); EIO for one that clients do not know. */
  public static ErrorCode ofErrno(int errno) {
    return ofNumber(-errno).orElse(EIO);
  }

  /**
   * Whether a refused acquisition means that somebody else uses the lease, now; that may change by
   * itself.
   */
  public boolean isInUse() {
    return switch (this) {
      case ACQUIRE_IDLIVE,
          ACQUIRE_OWNED,
          ACQUIRE_OTHER,
          ACQUIRE_SHRETRY,
          ACQUIRE_OWNED_RETRY,
          EAGAIN,
          EBUSY,
          EEXIST ->
          true;
      default -> false;
    };
  }

  /** The number on the wire: 0 or negative. */
  public int number() {
    return number;
  }

  /** What happened, in one sentence. */
  public String sentence() {
    return sentence;
  }

  /** What to do next, in one sentence. */
  public String remedy() {
    return remedy;
  }
}
