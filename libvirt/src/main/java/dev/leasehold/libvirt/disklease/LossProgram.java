// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.disklease;

import dev.leasehold.engine.holder.KillPath;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import dev.leasehold.libvirt.conf.LostLeaseAction;
import java.util.Optional;
import java.util.UUID;

/**
 * What is run for a guest whose leases are lost, in place of SIGTERM. The engine runs it once and
 * sends SIGKILL when the grace period is over and the guest still holds its leases, so a libvirt
 * that does not answer costs the guest its life, never the disk (docs/libvirt.md).
 */
final class LossProgram {
  /** Well below the grace period: a virsh that hangs for ever is not to be left behind. */
  private static final String BOUND = "timeout 30 ";

  private final LeaseholdConfig config;

  LossProgram(LeaseholdConfig config) {
    this.config = config;
  }

  /** The program; empty for plain signals. */
  Optional<KillPath> of(UUID guest) {
    return script(config.lostLeaseAction(), guest)
        .map(script -> new KillPath("/bin/sh", "-c " + escaped(script), false));
  }

  private Optional<String> script(LostLeaseAction action, UUID guest) {
    return switch (action) {
      case KILL -> Optional.empty();
      case POWEROFF -> Optional.of(virsh("destroy", guest));
      case PAUSE -> Optional.of(virsh("suspend", guest));
      case GUEST ->
          Optional.of(
              "case $("
                  + virsh("dumpxml", guest)
                  + ") in *'<on_lockfailure>pause<'*) "
                  + virsh("suspend", guest)
                  + ";; *) "
                  + virsh("destroy", guest)
                  + ";; esac");
    };
  }

  private String virsh(String command, UUID guest) {
    return BOUND + "virsh -q -c " + quoted(config.libvirtUri()) + " " + command + " " + guest;
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  /** So that the kill program's arguments are split where we want it (wire.md 4.3). */
  private static String escaped(String word) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (c == '\\' || c == ' ') {
        text.append('\\');
      }
      text.append(c);
    }
    return text.toString();
  }
}
