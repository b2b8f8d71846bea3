// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux;

import dev.leasehold.linux.ffi.Errno;
import dev.leasehold.linux.ffi.MessageCalls;
import java.util.Map;
import java.util.Optional;

/** What systemd is told of this service (sd_notify(3)). Thread-safe, never blocks. */
public final class ServiceManager {
  private final Optional<String> socket;

  /**
   * @param environment of this process; without NOTIFY_SOCKET nobody is told anything
   */
  public ServiceManager(Map<String, String> environment) {
    this.socket = Optional.ofNullable(environment.get("NOTIFY_SOCKET")).filter(p -> !p.isEmpty());
  }

  /** The service can be used. */
  public Optional<String> ready(String status) {
    return tell("READY=1\nSTATUS=" + status);
  }

  /** What it is doing, for {@code systemctl status}. */
  public Optional<String> status(String status) {
    return tell("STATUS=" + status);
  }

  /** It ends. */
  public Optional<String> stopping() {
    return tell("STOPPING=1");
  }

  /** Empty if it was told, or nobody wants to know; else why not. */
  private Optional<String> tell(String words) {
    if (socket.isEmpty()) {
      return Optional.empty();
    }
    int result = MessageCalls.datagram(socket.get(), words);
    return result < 0
        ? Optional.of("systemd was not told: " + Errno.describe(-result))
        : Optional.empty();
  }
}
