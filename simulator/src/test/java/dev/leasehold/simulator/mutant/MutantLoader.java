// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.simulator.mutant;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Loads this project anew, with some of its classes replaced; everything else from its parent. */
final class MutantLoader extends ClassLoader {

  private final Path patched;

  MutantLoader(Path patched, ClassLoader parent) {
    super(parent);
    this.patched = patched;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith("dev.leasehold.")) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded == null) {
        byte[] bytes = bytes(name.replace('.', '/') + ".class");
        loaded = defineClass(name, bytes, 0, bytes.length);
      }
      return loaded;
    }
  }

  private byte[] bytes(String file) throws ClassNotFoundException {
    Path replaced = patched.resolve(file);
    try (InputStream in =
        Files.exists(replaced)
            ? Files.newInputStream(replaced)
            : getParent().getResourceAsStream(file)) {
      if (in == null) {
        throw new ClassNotFoundException(file);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new ClassNotFoundException(file, e);
    }
  }
}
