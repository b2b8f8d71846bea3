// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli;

import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import dev.leasehold.storage.StorageException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;

/** Which exit code belongs to which fault of the rooms below, and in what words it is told. */
public final class Faults {
  private static final int EPERM = 1;
  private static final int ENOENT = 2;
  private static final int EACCES = 13;
  private static final int ENOTDIR = 20;
  private static final int EISDIR = 21;
  private static final int EINVAL = 22;
  private static final int ENOSPC = 28;
  private static final int EROFS = 30;
  private static final int ENAMETOOLONG = 36;
  private static final int ELOOP = 40;
  private static final int EDQUOT = 122;

  private Faults() {}

  /** A file could not be opened or made. */
  public static Failure of(StorageException e) {
    return new Failure(exitCode(e.errno()), Printable.lines(String.valueOf(e.getMessage())), e);
  }

  /**
   * A lease operation failed.
   *
   * @param subject what it was about, e.g. a path; safe to show
   */
  public static Failure of(String subject, LeaseException e) {
    return new Failure(exitCode(e.code()), words(subject, e.code(), e.detail()), e);
  }

  /** One sentence with what is wrong and one with what to do. */
  public static String words(String subject, ErrorCode code, String detail) {
    String what = detail.isEmpty() ? code.sentence() : Printable.lines(detail);
    return subject + ": " + what + "\n" + code.remedy() + " (" + code + ")";
  }

  private static ExitCode exitCode(int errno) {
    return switch (errno) {
      case ENOENT, ENOTDIR, EISDIR, ENAMETOOLONG, ELOOP -> ExitCode.NO_INPUT;
      case EPERM, EACCES, EROFS -> ExitCode.NO_PERMISSION;
      case EINVAL -> ExitCode.BAD_CONFIGURATION;
      case ENOSPC, EDQUOT -> ExitCode.CANNOT_CREATE;
      default -> ExitCode.IO_ERROR;
    };
  }

  /** What to exit with when an operation ended with this code. */
  public static ExitCode exitCode(ErrorCode code) {
    if (code.isInUse()) {
      return ExitCode.LEASE_BUSY;
    }
    return switch (code) {
      case LEADER_MAGIC,
          LEADER_VERSION,
          LEADER_SECTORSIZE,
          LEADER_LOCKSPACE,
          LEADER_RESOURCE,
          LEADER_CHECKSUM,
          LEADER_DIFF,
          DBLOCK_CHECKSUM,
          ADDLS_SIZES,
          EMSGSIZE ->
          ExitCode.BAD_DATA;
      case HOSTID_BUSY, RENEW_OWNER, RENEW_DIFF, ERROR -> ExitCode.JOIN_FAILED;
      case LEADER_NUMHOSTS, ADDLS_INVALID_HOSTID, WD_ERROR, EINVAL, EOPNOTSUPP ->
          ExitCode.BAD_CONFIGURATION;
      case EACCES, EROFS, EPERM -> ExitCode.NO_PERMISSION;
      case ENOENT, ENODEV, ENOTDIR, EISDIR, ENAMETOOLONG, ELOOP -> ExitCode.NO_INPUT;
      default -> ExitCode.IO_ERROR;
    };
  }

  /** What a call of the JDK says of a file, without the path, which the caller names. */
  public static String words(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "it does not exist";
      case AccessDeniedException _ -> "permission denied";
      case FileSystemLoopException _ -> "its symbolic links form a loop";
      case FileSystemException fault when fault.getReason() != null -> fault.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }

  /** An error number of Linux in words. */
  public static String errno(int errno) {
    return ErrorCode.ofNumber(-errno)
        .map(code -> code.sentence() + " (" + code + ")")
        .orElse("error number " + errno);
  }
}
