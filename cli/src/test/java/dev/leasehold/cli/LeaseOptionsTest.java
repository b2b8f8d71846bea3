// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.daemon.config.BadOption;
import dev.leasehold.daemon.config.DaemonOptions;
import dev.leasehold.daemon.config.OptionsBuilder;
import dev.leasehold.libvirt.conf.ConfException;
import dev.leasehold.libvirt.conf.ConfFile;
import dev.leasehold.libvirt.conf.ConfigFiles;
import dev.leasehold.libvirt.conf.SystemAccounts;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The keys of leasehold.conf that are about the daemon as a whole have their effect. */
class LeaseOptionsTest {
  private static final String WDMD = "/run/wdmd/wdmd.sock";

  private static DaemonOptions options(String leasehold, Set<String> existing) throws Exception {
    return options(leasehold, existing, new OptionsBuilder());
  }

  private static DaemonOptions options(
      String leasehold, Set<String> existing, OptionsBuilder sanlockConf) throws Exception {
    LeaseOptions.apply(files(leasehold), sanlockConf, existing::contains);
    return sanlockConf.build();
  }

  private static ConfigFiles files(String text) throws ConfException {
    return ConfigFiles.of(
        ConfFile.parse("l.conf", text.getBytes(StandardCharsets.UTF_8)),
        ConfFile.empty("q.conf"),
        new SystemAccounts());
  }

  private static OptionsBuilder sanlockConf() throws BadOption {
    OptionsBuilder builder = new OptionsBuilder();
    builder.watchdogFireTimeout(30);
    builder.gracePeriod(12);
    builder.hostName("of-sanlock-conf");
    return builder;
  }

  @Test
  void aKeyThatIsNotSetLeavesWhatSanlockConfSays() throws Exception {
    DaemonOptions options = options("", Set.of(WDMD), sanlockConf());
    assertThat(options.watchdogFireTimeout()).isEqualTo(30);
    assertThat(options.grace()).isEqualTo(12);
    assertThat(options.hostName()).hasValue("of-sanlock-conf");
    assertThat(options.useWatchdog()).isTrue();
  }

  @Test
  void timesAndNameThatAreSetCount() throws Exception {
    DaemonOptions options =
        options(
            "watchdog_fire_timeout = 120\ngrace_period = 100\nhost_name = \"kvm3\"\n",
            Set.of(WDMD),
            sanlockConf());
    assertThat(options.watchdogFireTimeout()).isEqualTo(120);
    assertThat(options.grace()).as("more than sanlock.conf could say").isEqualTo(100);
    assertThat(options.hostName()).hasValue("kvm3");
  }

  @Test
  void watchdogs() throws Exception {
    String device = "watchdog_device = \"/dev/w1\"\n";
    DaemonOptions auto = options(device, Set.of(WDMD, "/dev/w1"));
    assertThat(auto.useWatchdog()).isTrue();
    assertThat(auto.watchdogDevice()).as("wdmd first").isEmpty();
    assertThat(options(device, Set.of("/dev/w1")).watchdogDevice()).hasValue("/dev/w1");
    assertThat(options(device, Set.of()).useWatchdog()).isFalse();
    assertThat(options("watchdog = \"none\"\n", Set.of(WDMD)).useWatchdog()).isFalse();
    OptionsBuilder other = new OptionsBuilder();
    other.useWatchdog(false);
    other.watchdogDevice("/dev/other");
    DaemonOptions wdmd = options("watchdog = \"wdmd\"\n", Set.of(), other);
    assertThat(wdmd.useWatchdog()).isTrue();
    assertThat(wdmd.watchdogDevice()).isEmpty();
    OptionsBuilder without = new OptionsBuilder();
    without.useWatchdog(false);
    DaemonOptions own = options("watchdog = \"device\"\n" + device, Set.of(WDMD), without);
    assertThat(own.useWatchdog()).isTrue();
    assertThat(own.watchdogDevice()).hasValue("/dev/w1");
  }

  @Test
  void theSanlockSocketHasItsName() throws Exception {
    assertThat(files("sanlock_socket = \"/srv/x/sanlock.sock\"\n").config().sanlockSocket())
        .hasValue("/srv/x/sanlock.sock");
    assertThat(files("sanlock_socket = \"\"\n").config().sanlockSocket()).isEmpty();
    assertThatThrownBy(() -> files("sanlock_socket = \"/srv/x/mine.sock\"\n"))
        .isInstanceOf(ConfException.class)
        .hasMessageContaining("l.conf:1")
        .hasMessageContaining("ends in /sanlock.sock");
  }
}
