// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.linux.ffi;

/** The processor, as far as constants and structs of the kernel differ by it. */
enum Machine {
  X86_64,
  AARCH64;

  /** The one this program runs on. */
  static final Machine CURRENT = of(System.getProperty("os.arch", "?"));

  static Machine of(String arch) {
    return switch (arch) {
      case "amd64", "x86_64" -> X86_64;
      case "aarch64", "arm64" -> AARCH64;
      default ->
          throw new UnsupportedOperationException(
              "Leasehold knows the system calls of x86_64 and aarch64, not of " + arch);
    };
  }

  int choose(int x86, int arm) {
    return this == X86_64 ? x86 : arm;
  }
}
