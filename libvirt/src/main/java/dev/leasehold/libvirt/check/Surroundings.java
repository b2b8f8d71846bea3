// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.check;

import dev.leasehold.storage.Storage;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The host that is looked at.
 *
 * @param root what {@code /etc}, {@code /run} and {@code /dev} are below: {@code /} outside of
 *     tests
 * @param storage the lease directory's
 * @param programs what runs
 * @param hostName of this host
 */
public record Surroundings(Path root, Storage storage, List<Program> programs, String hostName) {
  /**
   * A process.
   *
   * @param name of its executable, without directory
   * @param started when, if that is known
   */
  public record Program(String name, Optional<Instant> started) {}

  /** Copies the list. */
  public Surroundings {
    programs = List.copyOf(programs);
  }

  /** This host. */
  public static Surroundings here(Storage storage, String hostName) {
    List<Program> programs =
        ProcessHandle.allProcesses()
            .flatMap(
                process ->
                    process.info().command().stream()
                        .map(
                            command ->
                                new Program(
                                    command.substring(command.lastIndexOf('/') + 1),
                                    process.info().startInstant())))
            .toList();
    return new Surroundings(Path.of("/"), storage, programs, hostName);
  }

  /** A file of the host by its absolute path. */
  Path file(String absolute) {
    return root.resolve(absolute.substring(1));
  }

  Optional<Program> running(List<String> names) {
    return programs.stream().filter(program -> names.contains(program.name())).findFirst();
  }

  /** Whether somebody listens there. */
  boolean listens(String socket) {
    Path path = file(socket);
    if (!Files.exists(path)) {
      return false;
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }
}
