// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli;

/** The version of this program. */
public final class Version {
  /** As the build has it; {@code VersionTest} holds it against the project's version. */
  public static final String TEXT = "0.1.0-SNAPSHOT";

  private Version() {}
}
