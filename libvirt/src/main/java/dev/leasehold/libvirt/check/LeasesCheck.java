// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.check;

import dev.leasehold.libvirt.check.Finding.Topic;
import dev.leasehold.libvirt.cleanup.LeaseSurvey;
import java.io.IOException;
import java.util.List;

/** The leases: how many there are, and whether some block their disks. */
final class LeasesCheck {
  private final String directory;

  LeasesCheck(String directory) {
    this.directory = directory;
  }

  List<Finding> findings() {
    try {
      LeaseSurvey survey = LeaseSurvey.of(directory);
      if (survey.unusable().isEmpty()) {
        return List.of(Finding.ok(Topic.LEASES, survey.sound() + " leases, all of them sound"));
      }
      return List.of(
          Finding.warning(
              Topic.LEASES,
              survey.unusable().size()
                  + " files are no leases and block the start of their disks' guests: "
                  + String.join(", ", survey.unusable().stream().limit(5).toList())
                  + (survey.unusable().size() > 5 ? ", …" : ""),
              "\"leasehold cleanup\" removes what was left half-made more than an hour ago; look at"
                  + " the others with \"leasehold dump\""));
    } catch (IOException e) {
      return List.of(
          Finding.warning(
              Topic.LEASES,
              "the leases in " + directory + " cannot be looked at: " + e.getMessage(),
              "run this as the user of the daemon"));
    }
  }
}
