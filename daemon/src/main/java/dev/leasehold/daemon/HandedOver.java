// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon;

import dev.leasehold.linux.socket.StreamListener;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The listening sockets that systemd handed over to this process (sd_listen_fds(3)). */
final class HandedOver {
  private HandedOver() {}

  /**
   * The one of the socket unit of this name, if it is among them.
   *
   * @throws IOException what is handed over is no listening local socket
   */
  static Optional<StreamListener> named(DaemonContext context, String unit) throws IOException {
    List<StreamListener> all = all(context);
    List<String> names = names(context);
    for (int i = 0; i < all.size(); i++) {
      if (i < names.size() && names.get(i).equals(unit)) {
        return Optional.of(all.get(i));
      }
    }
    return Optional.empty();
  }

  /**
   * The only one, if there is one and nothing says what it is for.
   *
   * @throws IOException what is handed over is no listening local socket
   */
  static Optional<StreamListener> unnamed(DaemonContext context) throws IOException {
    List<StreamListener> all = all(context);
    boolean named = names(context).stream().anyMatch(name -> name.endsWith(".socket"));
    return all.size() == 1 && !named ? Optional.of(all.getFirst()) : Optional.empty();
  }

  private static List<StreamListener> all(DaemonContext context) throws IOException {
    Map<String, String> variables = context.environment().variables();
    return context.sockets().inherited(variables, ProcessHandle.current().pid());
  }

  private static List<String> names(DaemonContext context) {
    Map<String, String> variables = context.environment().variables();
    return List.of(variables.getOrDefault("LISTEN_FDNAMES", "").split(":", -1));
  }
}
