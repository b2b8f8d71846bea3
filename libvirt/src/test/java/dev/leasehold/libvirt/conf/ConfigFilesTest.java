// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leasehold.libvirt.naming.LeaseIdentity;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFilesTest {
  private static final Accounts ACCOUNTS =
      new Accounts() {
        @Override
        public OptionalInt user(String name) {
          return name.equals("sanlock") ? OptionalInt.of(105) : OptionalInt.empty();
        }

        @Override
        public OptionalInt group(String name) {
          return name.equals("disk") ? OptionalInt.of(6) : OptionalInt.empty();
        }
      };

  private static ConfigFiles read(String ours, String original) throws ConfException {
    return ConfigFiles.of(file("l.conf", ours), file("q.conf", original), ACCOUNTS);
  }

  private static ConfFile file(String name, String text) throws ConfException {
    return ConfFile.parse(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private static LeaseholdConfig config(String ours) throws ConfException {
    return read(ours, "").config();
  }

  @Test
  void defaults() throws ConfException {
    assertThat(config(""))
        .isEqualTo(
            new LeaseholdConfig(
                true,
                "/var/lib/libvirt/sanlock",
                OptionalInt.empty(),
                false,
                10,
                OptionalInt.empty(),
                OptionalInt.empty(),
                LeaseIdentity.PATH,
                false,
                LostLeaseAction.GUEST,
                40,
                WatchdogChoice.AUTO,
                "/dev/watchdog",
                60,
                Optional.empty(),
                14,
                2000,
                Optional.of("/run/sanlock/sanlock.sock"),
                Optional.of("/run/libvirt/virtlockd-sock"),
                "qemu:///system",
                Optional.empty()));
  }

  @Test
  void aMissingKeyIsLookedUpInTheOriginalsFile() throws ConfException {
    ConfigFiles files =
        read("io_timeout = 5\n", "host_id = 7\nio_timeout = 20\ndisk_lease_dir = \"/srv/l/\"\n");
    assertThat(files.config().ioTimeout()).isEqualTo(5);
    assertThat(files.config().hostId()).hasValue(7);
    assertThat(files.config().diskLeaseDir()).isEqualTo("/srv/l");
    assertThat(files.config().lockspacePath()).isEqualTo("/srv/l/__LIBVIRT__DISKS__");
    assertThat(files.place(Key.HOST_ID)).hasValue("q.conf:1");
    assertThat(files.place(Key.USER)).isEmpty();
    assertThat(files.remarks())
        .containsExactly("q.conf:2: io_timeout does not count: l.conf:1 does");
  }

  @Test
  void everyKey() throws ConfException {
    LeaseholdConfig config =
        config(
            """
            auto_disk_leases = 0; disk_lease_dir = '/l'; host_id = 2000
            require_lease_for_disks = 0; io_timeout = 1; user = "sanlock"; group = "+7"
            lease_identity = "device"; protect_backing_files = 1; lost_lease_action = "pause"
            grace_period = 30; watchdog = "wdmd"; watchdog_device = "/dev/w"
            watchdog_fire_timeout = 30; host_name = "kvm1"; min_hosts = 3; max_hosts = 4
            sanlock_socket = ""; virtlockd_socket = "/v"; libvirt_uri = "x:///"
            metrics_listen = "[::1]:9600"
            """);
    assertThat(config)
        .isEqualTo(
            new LeaseholdConfig(
                false,
                "/l",
                OptionalInt.of(2000),
                false,
                1,
                OptionalInt.of(105),
                OptionalInt.of(7),
                LeaseIdentity.DEVICE,
                true,
                LostLeaseAction.PAUSE,
                30,
                WatchdogChoice.WDMD,
                "/dev/w",
                30,
                Optional.of("kvm1"),
                3,
                4,
                Optional.empty(),
                Optional.of("/v"),
                "x:///",
                Optional.of("[::1]:9600")));
    assertThat(config.fileMode()).isEqualTo(0660);
    assertThat(config("").fileMode()).isEqualTo(0600);
  }

  @Test
  void newLeasesAreSmallUnlessMoreHostsAreToCome() throws ConfException {
    assertThat(config("").minHosts()).isEqualTo(14);
    assertThat(config("min_hosts = 2000").minHosts()).isEqualTo(2000);
    assertThat(config("max_hosts = 10").minHosts()).isEqualTo(10);
  }

  @Test
  void withoutAutomaticLeasesOneIsRequired() throws ConfException {
    assertThat(config("auto_disk_leases = 0").requireLeaseForDisks()).isTrue();
    assertThat(config("auto_disk_leases = 1").requireLeaseForDisks()).isFalse();
    assertThat(config("host_id = \"auto\"").hostId()).isEmpty();
    assertThat(config("host_id = 0").hostId()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "auto_disk_leases = \"yes\" | auto_disk_leases = \"yes\": expected 0 or 1",
        "auto_disk_leases = 2 | auto_disk_leases = 2: expected 0 or 1",
        "auto_disk_leases = -0 | auto_disk_leases = 0: expected 0 or 1",
        "host_id = 2001 | host_id = 2001: expected a number from 0 to 2000, or \"auto\"",
        "host_id = -1 | host_id = -1: expected a number from 0 to 2000, or \"auto\"",
        "host_id = \"3\" | host_id = \"3\": expected a number from 0 to 2000, or \"auto\"",
        "io_timeout = 256 | io_timeout = 256: expected a number from 0 to 255",
        "disk_lease_dir = 3 | disk_lease_dir = 3: expected an absolute path",
        "disk_lease_dir = \"l\" | disk_lease_dir = \"l\": expected an absolute path",
        "disk_lease_dir = [\"/l\"] | disk_lease_dir = a list: expected an absolute path",
        "user = \"nobody2\" | user = \"nobody2\": this host has no such user; expected a name,"
            + " \"+NUMBER\" or a number in quotes",
        "group = \"+x\" | group = \"+x\": this host has no such group; expected a name, \"+NUMBER\""
            + " or a number in quotes",
        "user = 5 | user = 5: expected a string",
        "lease_identity = \"inode\" | lease_identity = \"inode\": expected \"path\", \"canonical\","
            + " \"device\"",
        "grace_period = 61 | grace_period = 61 is longer than watchdog_fire_timeout, 60: the host"
            + " would be reset first",
        "min_hosts = 0 | min_hosts = 0: expected a number from 1 to 2000",
        "min_hosts = 2001 | min_hosts = 2001: expected a number from 1 to 2000",
        "min_hosts = \"62\" | min_hosts = \"62\": expected a number from 1 to 2000",
        "min_hosts = 63;max_hosts = 62 | min_hosts = 63 is more than max_hosts, 62",
        "metrics_listen = \"9600\" | metrics_listen = \"9600\": expected \"HOST:PORT\","
            + " \"unix:PATH\" or \"\"",
        "sanlock_socket = \"s\" | sanlock_socket = \"s\": expected an absolute path of at most 107"
            + " bytes, or \"\" for none",
        "host_idd = 1 | unknown key host_idd; did you mean host_id?",
        "host_id = 1;host_id = 1 | host_id is set already in line 2; remove one of the two",
      })
  void anErrorNamesFileLineKeyAndWhatIsAccepted(String text, String words) {
    assertThatThrownBy(() -> config("# one\n" + text))
        .isInstanceOf(ConfException.class)
        .hasMessage("l.conf:2: " + words);
  }

  @Test
  void anUnknownKeyIsAnErrorInTheOriginalsFileToo() {
    assertThatThrownBy(() -> read("", "wibble = 1"))
        .hasMessage(
            "q.conf:1: unknown key wibble; the keys are auto_disk_leases, disk_lease_dir, host_id,"
                + " require_lease_for_disks, io_timeout, user, group");
    assertThatThrownBy(() -> read("", "watchdog = \"none\""))
        .hasMessage(
            "q.conf:1: the key watchdog belongs in leasehold.conf: libvirt's plugin has no such"
                + " key");
  }

  @Test
  void whatTheOriginalLivesWithIsRemarked() throws ConfException {
    ConfigFiles files =
        read("", "host_id = 3\nhost_id = 4\nignore_readonly_and_shared_disks = 1\n");
    assertThat(files.config().hostId()).hasValue(3);
    assertThat(files.remarks())
        .containsExactly(
            "q.conf:2: host_id does not count: the key is set already in line 1",
            "q.conf:3: ignore_readonly_and_shared_disks is obsolete and has no effect; remove the"
                + " line");
  }

  @Test
  void aFileThatWasNamedMustExist() {
    assertThatThrownBy(
            () -> ConfigFiles.readNamed(Path.of("/no/such.conf"), Path.of("/no/q.conf"), ACCOUNTS))
        .hasMessage("/no/such.conf: there is no such file");
  }

  @Test
  void thisHostsAccountsAreKnown() {
    assertThat(new SystemAccounts().user("root")).hasValue(0);
    assertThat(new SystemAccounts().group("root")).hasValue(0);
    assertThat(new SystemAccounts().user("no-such-user-here")).isEmpty();
  }
}
