// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.dist;

import java.time.Instant;
import java.util.Locale;

/**
 * What is packaged.
 *
 * @param projectVersion as in the pom, e.g. {@code 0.1.0-SNAPSHOT}
 * @param time of every file in it, so that the same sources give the same packages
 * @param machine what it runs on: it brings a runtime image
 */
public record Release(String projectVersion, Instant time, Machine machine) {

  /** An architecture under the names that packages give it. */
  public enum Machine {
    /** 64-bit x86. */
    X86_64("amd64", "x86_64"),
    /** 64-bit ARM. */
    AARCH64("arm64", "aarch64");

    private final String debian;
    private final String rpm;

    Machine(String debian, String rpm) {
      this.debian = debian;
      this.rpm = rpm;
    }

    /** As Debian calls it. */
    public String debian() {
      return debian;
    }

    /** As RPM calls it. */
    public String rpm() {
      return rpm;
    }

    /**
     * That of the running JVM.
     *
     * @throws IllegalStateException on another one, for which nothing was ever tested
     */
    public static Machine current() {
      String arch = System.getProperty("os.arch", "");
      return switch (arch) {
        case "amd64" -> X86_64;
        case "aarch64" -> AARCH64;
        default -> throw new IllegalStateException("no packages are made on " + arch);
      };
    }
  }

  /** A tilde sorts a snapshot before its release, with both package managers. */
  public String version() {
    return projectVersion.toLowerCase(Locale.ROOT).replace('-', '~');
  }

  /** The same with another version. */
  public Release as(String other) {
    return new Release(other, time, machine);
  }
}
