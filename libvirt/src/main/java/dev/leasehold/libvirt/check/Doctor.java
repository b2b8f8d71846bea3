// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.check;

import dev.leasehold.libvirt.check.Finding.Topic;
import dev.leasehold.libvirt.conf.ConfigFiles;
import dev.leasehold.libvirt.conf.LeaseholdConfig;
import java.util.ArrayList;
import java.util.List;

/** Looks at everything, in the order in which it is best put right. */
public final class Doctor {
  private Doctor() {}

  /**
   * All findings.
   *
   * @param directory the lease directory, absolute
   */
  public static List<Finding> examine(Surroundings host, ConfigFiles files, String directory) {
    LeaseholdConfig config = files.config();
    List<Finding> findings = new ArrayList<>();
    findings.add(Finding.ok(Topic.CONFIGURATION, "the configuration can be read"));
    files
        .remarks()
        .forEach(
            remark -> findings.add(Finding.warning(Topic.CONFIGURATION, remark, "tidy it up")));
    if (!config.autoDiskLeases()) {
      findings.add(
          Finding.unsafe(
              Topic.CONFIGURATION,
              "auto_disk_leases = 0: disks have no leases, only what a guest's XML names",
              "set auto_disk_leases = 1, unless every guest has <lease> elements"));
    }
    DirectoryCheck directoryCheck = new DirectoryCheck(host, config, directory);
    findings.addAll(directoryCheck.findings());
    if (directoryCheck.usable()) {
      findings.addAll(new LockspaceCheck(host, config, directory).findings());
      findings.addAll(new LeasesCheck(directory).findings());
    }
    findings.addAll(WatchdogCheck.findings(host, config));
    findings.addAll(LibvirtCheck.findings(host, config));
    return findings;
  }
}
