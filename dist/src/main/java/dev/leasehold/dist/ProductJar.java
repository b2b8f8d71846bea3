// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.dist;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;

/**
 * All classes of the product in one jar. One, because the JVM opens a jar when it first needs it: a
 * daemon that was started before an upgrade would load late classes from the new version's jars.
 * The one jar is open from the start to the end.
 */
final class ProductJar {
  private ProductJar() {}

  /** Merges jars; the first that has a name wins, which may not be a class. */
  static void merge(List<Path> jars, Path to, Instant time) throws IOException {
    Map<String, byte[]> entries = new TreeMap<>();
    for (Path jar : jars) {
      add(jar, entries);
    }
    try (OutputStream file = Files.newOutputStream(to);
        JarOutputStream out = new JarOutputStream(file)) {
      out.setLevel(Deflater.BEST_COMPRESSION);
      put(out, JarFile.MANIFEST_NAME, manifest(), time);
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        put(out, entry.getKey(), entry.getValue(), time);
      }
    }
  }

  private static byte[] manifest() {
    return "Manifest-Version: 1.0\r\nMulti-Release: false\r\n\r\n".getBytes(StandardCharsets.UTF_8);
  }

  private static void add(Path jar, Map<String, byte[]> entries) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      Enumeration<JarEntry> all = file.entries();
      while (all.hasMoreElements()) {
        JarEntry entry = all.nextElement();
        String name = entry.getName();
        if (entry.isDirectory() || isLeftOut(name)) {
          continue;
        }
        try (InputStream in = file.getInputStream(entry)) {
          byte[] before = entries.putIfAbsent(name, stripped(name, in.readAllBytes()));
          if (before != null && name.endsWith(".class")) {
            throw new IOException("two jars have " + name + ", one is " + jar);
          }
        }
      }
    }
  }

  /** Without the names of local variables, which only a debugger wants; line numbers stay. */
  private static byte[] stripped(String name, byte[] bytes) {
    if (!name.endsWith(".class")) {
      return bytes;
    }
    ClassFile format = ClassFile.of(ClassFile.DebugElementsOption.DROP_DEBUG);
    return format.transformClass(format.parse(bytes), ClassTransform.ACCEPT_ALL);
  }

  private static boolean isLeftOut(String name) {
    return name.equals(JarFile.MANIFEST_NAME)
        || name.startsWith("META-INF/maven/")
        || name.startsWith("META-INF/versions/")
        || name.endsWith("module-info.class")
        || name.endsWith("package-info.class");
  }

  private static void put(JarOutputStream out, String name, byte[] bytes, Instant time)
      throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setLastModifiedTime(FileTime.from(time));
    out.putNextEntry(entry);
    out.write(bytes);
    out.closeEntry();
  }
}
