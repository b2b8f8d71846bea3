// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.qcow2;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a file name in an image header means, as QEMU reads it. */
sealed interface ImageName {

  /**
   * A file or device of this host.
   *
   * @param path absolute, or relative to the directory of the image that names it
   * @param format as far as the name says so
   */
  record Local(String path, Optional<String> format) implements ImageName {}

  /** Something else. */
  record Elsewhere(String name) implements ImageName {}

  /** Drivers that are a file or device; the older names are aliases. */
  Set<String> FILE_DRIVERS = Set.of("file", "host_device", "host_cdrom");

  /** How deep drivers may be nested in a {@code json:} name. */
  int DEEPEST = 32;

  /** Reads a name. */
  static ImageName of(String image, String name) throws ImageException {
    if (name.startsWith("json:")) {
      Object value = JsonText.parse(image, name.substring("json:".length()));
      return ofJson(image, name, value, Optional.empty(), 0);
    }
    // A protocol is what stands before a colon that no slash precedes.
    int colon = name.indexOf(':');
    int slash = name.indexOf('/');
    if (colon < 0 || (slash >= 0 && slash < colon)) {
      return new Local(name, Optional.empty());
    }
    String protocol = name.substring(0, colon);
    return FILE_DRIVERS.contains(protocol)
        ? new Local(checked(image, name.substring(colon + 1)), Optional.empty())
        : new Elsewhere(name);
  }

  private static String checked(String image, String path) throws ImageException {
    if (path.isEmpty()) {
      throw new ImageException(image, "the name of its backing file is empty");
    }
    return path;
  }

  private static ImageName ofJson(
      String image, String name, Object value, Optional<String> format, int depth)
      throws ImageException {
    if (!(value instanceof Map<?, ?> members) || depth > DEEPEST) {
      throw new ImageException(image, "its backing file \"" + name + "\" is malformed");
    }
    Object driver = members.get("driver");
    Object path =
        members.containsKey("filename") ? members.get("filename") : members.get("file.filename");
    if (path instanceof String text) {
      return driver instanceof String word && !isPlain(word) && members.containsKey("filename")
          ? new Elsewhere(name)
          : withFormat(of(image, text), format.or(() -> formatOf(driver, members)));
    }
    if (members.containsKey("file")) {
      return ofJson(
          image,
          name,
          members.get("file"),
          format.or(() -> driver instanceof String word ? Optional.of(word) : Optional.empty()),
          depth + 1);
    }
    return new Elsewhere(name);
  }

  private static boolean isPlain(String driver) {
    return FILE_DRIVERS.contains(driver);
  }

  /** {@code {"driver":"qcow2","file.filename":…}}: the driver is the format then. */
  private static Optional<String> formatOf(
      @org.jspecify.annotations.Nullable Object driver, Map<?, ?> members) {
    return driver instanceof String word && !isPlain(word) && members.containsKey("file.filename")
        ? Optional.of(word)
        : Optional.empty();
  }

  private static ImageName withFormat(ImageName name, Optional<String> format) {
    return switch (name) {
      case Local local -> new Local(local.path(), format.or(local::format));
      case Elsewhere elsewhere -> elsewhere;
    };
  }
}
