// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.socket;

import dev.leasehold.linux.ffi.DescriptorCalls;
import dev.leasehold.linux.ffi.Errno;
import dev.leasehold.linux.ffi.FileSystemCalls;
import dev.leasehold.linux.ffi.SocketCalls;
import dev.leasehold.linux.ffi.StreamCalls;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Local stream sockets of one program: listeners and connections, and the one thread that waits for
 * all of them. Thread-safe.
 */
public final class UnixSockets implements AutoCloseable {

  private static final int FIRST_INHERITED = 3;
  private static final int FILE_TYPE = 0170000;
  private static final int SOCKET_FILE = 0140000;
  private static final long RETRY_MILLIS = 5;

  private final Readiness readiness = new Readiness();

  /**
   * Listens at a path. A socket file there at which nobody listens is replaced; anything else there
   * is not: two that listen would each get some of the connections.
   *
   * @throws IOException if the path is too long, taken, or cannot be made
   */
  public StreamListener listen(SocketFile file) throws IOException {
    String path = checked(file.path());
    removeOld(file.path());
    int fd = succeeded(StreamCalls.socket(), "a socket cannot be made");
    try {
      // The file appears with these permissions less the umask, so it is never open to more.
      succeeded(FileSystemCalls.fchmod(fd, file.mode()), path + " cannot be protected");
      succeeded(StreamCalls.bind(fd, path), "a socket cannot be made at " + path);
      own(file);
      succeeded(StreamCalls.listen(fd, file.backlog()), path + " cannot be listened at");
    } catch (IOException | RuntimeException e) {
      DescriptorCalls.close(fd);
      throw e;
    }
    return new UnixListener(fd, readiness);
  }

  private static String checked(Path path) throws IOException {
    String text = path.toString();
    if (text.getBytes(StandardCharsets.UTF_8).length > StreamCalls.MAX_PATH) {
      throw new IOException(
          "the path of a socket has at most " + StreamCalls.MAX_PATH + " bytes: " + text);
    }
    return text;
  }

  private static void removeOld(Path path) throws IOException {
    try {
      int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
      if ((mode & FILE_TYPE) != SOCKET_FILE) {
        throw new IOException(path + " is in the way: it is no socket");
      }
      checkNobodyListens(path.toString());
      Files.delete(path);
    } catch (NoSuchFileException e) {
      // Nothing is in the way.
    }
  }

  private static void checkNobodyListens(String path) throws IOException {
    int fd = succeeded(StreamCalls.socket(), "a socket cannot be made");
    try {
      int result = StreamCalls.connect(fd, path);
      if (result >= 0 || result == -Errno.EAGAIN) {
        throw new IOException(
            "another process listens at " + path + "; end it, or use another path");
      }
      if (result != -Errno.ECONNREFUSED) {
        throw new IOException(
            "it cannot be told whether another process listens at "
                + path
                + " ("
                + Errno.describe(-result)
                + "): make sure that none does, then remove it");
      }
    } finally {
      DescriptorCalls.close(fd);
    }
  }

  /**
   * Gives the file of a socket to who is to have it; {@link #listen} does so by itself.
   *
   * @throws IOException if it may not be given away, or is not there
   */
  public static void own(SocketFile file) throws IOException {
    if (file.uid().isPresent()) {
      set(file.path(), "unix:uid", file.uid().getAsInt());
    }
    if (file.gid().isPresent()) {
      set(file.path(), "unix:gid", file.gid().getAsInt());
    }
    // Nobody can have put a link there: the directory is ours.
    Files.setAttribute(file.path(), "unix:mode", file.mode());
  }

  private static void set(Path path, String attribute, int value) throws IOException {
    Files.setAttribute(path, attribute, value, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * The listeners that systemd handed over to this process, in order (sd_listen_fds(3)).
   *
   * @param environment of this process
   * @param pid of this process
   * @return none if there are none for us
   * @throws IOException if a descriptor is no listening local stream socket
   */
  public List<StreamListener> inherited(Map<String, String> environment, long pid)
      throws IOException {
    if (!environment.getOrDefault("LISTEN_PID", "").equals(Long.toString(pid))) {
      return List.of();
    }
    int count = parse(environment.getOrDefault("LISTEN_FDS", "0"));
    List<StreamListener> listeners = new ArrayList<>();
    for (int fd = FIRST_INHERITED; fd < FIRST_INHERITED + count; fd++) {
      if (!StreamCalls.isListener(fd)) {
        listeners.forEach(StreamListener::close);
        throw new IOException("descriptor " + fd + " of LISTEN_FDS is no listening local socket");
      }
      succeeded(StreamCalls.makeOurs(fd), "descriptor " + fd + " of LISTEN_FDS cannot be used");
      listeners.add(new UnixListener(fd, readiness));
    }
    return listeners;
  }

  private static int parse(String number) throws IOException {
    try {
      int count = Integer.parseInt(number);
      if (count >= 0 && count < 1024) {
        return count;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IOException("LISTEN_FDS is " + number + ", expected a small number");
  }

  /**
   * Connects to a listener.
   *
   * @param limit how long to wait while its queue is full
   * @throws NoSuchFileException if nothing is there
   * @throws ConnectException if nobody listens
   * @throws SocketTimeoutException if the queue stays full
   */
  public StreamConnection connect(Path path, Duration limit) throws IOException {
    String text = checked(path);
    int fd = succeeded(StreamCalls.socket(), "a socket cannot be made");
    try {
      connect(fd, text, System.nanoTime() + limit.toNanos());
    } catch (IOException | RuntimeException e) {
      DescriptorCalls.close(fd);
      throw e;
    }
    return new UnixConnection(fd, readiness);
  }

  private static void connect(int fd, String path, long deadline) throws IOException {
    Optional<InterruptedException> interrupted = Optional.empty();
    while (interrupted.isEmpty()) {
      int result = StreamCalls.connect(fd, path);
      if (result >= 0) {
        return;
      }
      if (result != -Errno.EAGAIN && result != -Errno.EINTR) {
        throw refusal(-result, path);
      }
      if (System.nanoTime() - deadline >= 0) {
        break;
      }
      interrupted = nap();
    }
    interrupted.ifPresent(e -> Thread.currentThread().interrupt());
    throw new SocketTimeoutException(path + " takes no connection in time");
  }

  // A full queue of a local socket is not reported by epoll.
  private static Optional<InterruptedException> nap() {
    try {
      Thread.sleep(RETRY_MILLIS);
      return Optional.empty();
    } catch (InterruptedException e) {
      return Optional.of(e);
    }
  }

  private static IOException refusal(int errno, String path) {
    return switch (errno) {
      case Errno.ENOENT -> new NoSuchFileException(path);
      case Errno.ECONNREFUSED -> new ConnectException("nobody listens at " + path);
      default -> new IOException("cannot connect to " + path + ": " + Errno.describe(errno));
    };
  }

  /** Two connections, each the other end of the other. */
  public List<StreamConnection> pair() throws IOException {
    int[] ends = new int[2];
    succeeded(SocketCalls.socketPair(ends), "a pair of sockets cannot be made");
    return List.of(new UnixConnection(ends[0], readiness), new UnixConnection(ends[1], readiness));
  }

  /** How many sockets are open. */
  public int open() {
    return readiness.watched();
  }

  private static int succeeded(int result, String otherwise) throws IOException {
    if (result < 0) {
      throw new IOException(otherwise + ": " + Errno.describe(-result));
    }
    return result;
  }

  /** Ends the thread; to be called when every listener and connection has been closed. */
  @Override
  public void close() {
    readiness.close();
  }
}
