// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.storage;

import dev.leasehold.ondisk.ErrorCode;
import dev.leasehold.ondisk.LeaseException;
import java.io.Serial;

/** An operation on a file or directory that failed; the message names the path and the remedy. */
public final class StorageException extends Exception {

  @Serial private static final long serialVersionUID = 1L;

  /** Stands for an errno when the deadline passed: the operation may still take effect. */
  public static final int TIMED_OUT = 0;

  private final int errno;
  private final String path;

  /**
   * @param errno Linux error number, positive, or {@link #TIMED_OUT}
   * @param path the file concerned
   * @param message what is wrong and what to do, naming the path
   */
  public StorageException(int errno, String path, String message) {
    super(message);
    this.errno = errno;
    this.path = path;
  }

  /** Linux error number, positive, or {@link #TIMED_OUT}. */
  public int errno() {
    return errno;
  }

  /** As clients of a lease are told; AIO_TIMEOUT if the deadline passed. */
  public LeaseException toLeaseException() {
    ErrorCode code = errno == TIMED_OUT ? ErrorCode.AIO_TIMEOUT : ErrorCode.ofErrno(errno);
    return new LeaseException(code, String.valueOf(getMessage()), this);
  }

  /** The file concerned. */
  public String path() {
    return path;
  }
}
