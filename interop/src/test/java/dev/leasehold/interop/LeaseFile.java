// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import java.nio.file.Path;

/** A resource whose lease lies at the start of a file. */
record LeaseFile(String space, String name, Path path) {
  /** As the sanlock command takes it. */
  String argument() {
    return space + ":" + name + ":" + path + ":0";
  }
}
