// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.hostdaemon;

import dev.leasehold.cli.Printable;
import dev.leasehold.cli.disk.LeaseDirectory;
import dev.leasehold.sanlock.client.SanlockException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks the daemon of this host, with one limit for all of it. */
public final class DaemonInquiry {
  /**
   * A daemon that is well answers within some milliseconds, whatever its storage does; on a host
   * that is overloaded, both it and this command are slower.
   */
  private static final Duration LIMIT = Duration.ofSeconds(3);

  private DaemonInquiry() {}

  /**
   * Asks about itself and about the lockspace of this directory. Comes back within three seconds,
   * at once if nobody listens.
   */
  public static DaemonAnswer ask(LeaseDirectory directory, Map<String, String> environment) {
    Path socket = DaemonSocket.of(environment);
    if (!Files.exists(socket)) {
      return new DaemonAnswer.Absent(socket);
    }
    if (!Files.isWritable(socket)) {
      return new DaemonAnswer.Mute(socket, "this user may not ask it");
    }
    FutureTask<DaemonAnswer> answer = new FutureTask<>(() -> asked(socket, directory));
    Thread.ofPlatform().daemon().start(answer);
    try {
      return answer.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return late(socket);
    } catch (ExecutionException | InterruptedException e) {
      return new DaemonAnswer.Mute(socket, "no answer that can be understood");
    }
  }

  private static DaemonAnswer asked(Path socket, LeaseDirectory directory) {
    try {
      return new DaemonAnswer.Told(socket, new DaemonReader(socket, LIMIT).read(directory));
    } catch (ConnectException e) {
      return new DaemonAnswer.Absent(socket); // left behind by one that ended
    } catch (SocketTimeoutException e) {
      return late(socket);
    } catch (IOException | SanlockException e) {
      return new DaemonAnswer.Mute(socket, Printable.line(String.valueOf(e.getMessage())));
    }
  }

  private static DaemonAnswer late(Path socket) {
    return new DaemonAnswer.Mute(socket, "no answer within " + LIMIT.toSeconds() + " s");
  }
}
