// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.storage.wallsample;

import dev.leasehold.cli.Main;
import java.lang.foreign.Linker;

/** Code that the module storage must never hold; see {@code WallsTest}. */
public final class StorageSamples {
  private StorageSamples() {}

  public static final class MakesANativeCall {
    final Linker linker = Linker.nativeLinker();
  }

  public static final class UsesTheCommand {
    final Class<?> command = Main.class;
  }
}
