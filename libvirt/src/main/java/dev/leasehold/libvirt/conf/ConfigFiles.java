// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.conf;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The two files: a key that the first does not set is looked up in the second. Read once; what was
 * read is kept here with where it stood.
 */
public final class ConfigFiles {
  /** Ours. */
  public static final Path LEASEHOLD = Path.of("/etc/leasehold/leasehold.conf");

  /** That of libvirt's plugin. */
  public static final Path QEMU_SANLOCK = Path.of("/etc/libvirt/qemu-sanlock.conf");

  /**
   * Where a value was set.
   *
   * @param file its name
   * @param setting what stands there
   */
  record Found(String file, ConfFile.Setting setting) {}

  private final Map<Key, Found> found = new EnumMap<>(Key.class);
  private final List<String> remarks = new ArrayList<>();
  private final LeaseholdConfig config;

  private ConfigFiles(ConfFile ours, ConfFile original, Accounts accounts) throws ConfException {
    take(ours, false);
    take(original, true);
    config = new ConfigValues(found, accounts).config();
  }

  /**
   * Reads both; either may be missing.
   *
   * @throws ConfException with file, line, key and what is accepted
   */
  public static ConfigFiles read(Path ours, Path original, Accounts accounts) throws ConfException {
    return of(
        ConfFile.read(ours).orElseGet(() -> ConfFile.empty(ours.toString())),
        ConfFile.read(original).orElseGet(() -> ConfFile.empty(original.toString())),
        accounts);
  }

  /** Reads a file that was named, which must exist, and the original. */
  public static ConfigFiles readNamed(Path ours, Path original, Accounts accounts)
      throws ConfException {
    if (ConfFile.read(ours).isEmpty()) {
      throw ConfException.of(ours.toString(), "there is no such file");
    }
    return read(ours, original, accounts);
  }

  /** Reads the files at their usual places. */
  public static ConfigFiles readUsual() throws ConfException {
    return read(LEASEHOLD, QEMU_SANLOCK, new SystemAccounts());
  }

  /** Takes files that were parsed already. */
  public static ConfigFiles of(ConfFile ours, ConfFile original, Accounts accounts)
      throws ConfException {
    return new ConfigFiles(ours, original, accounts);
  }

  /** What they say. */
  public LeaseholdConfig config() {
    return config;
  }

  /** Whether any key is set: files of nothing but comments configure nothing. */
  public boolean setAnything() {
    return !found.isEmpty();
  }

  /** What is odd but no error, a sentence each. */
  public List<String> remarks() {
    return List.copyOf(remarks);
  }

  /** {@code FILE:LINE} where a key was set; empty: nowhere, the default holds. */
  public Optional<String> place(Key key) {
    return Optional.ofNullable(found.get(key))
        .map(place -> place.file() + ":" + place.setting().line());
  }

  private void take(ConfFile file, boolean original) throws ConfException {
    Map<String, Integer> lines = new HashMap<>();
    for (ConfFile.Setting setting : file.settings()) {
      Integer before = lines.putIfAbsent(setting.key(), setting.line());
      if (before != null) {
        repeated(file, setting, before, original);
      } else if (original && setting.key().equals(Key.OBSOLETE)) {
        remarks.add(place(file, setting) + " is obsolete and has no effect; remove the line");
      } else {
        Key key = known(file, setting, original);
        if (original && found.containsKey(key)) {
          remarks.add(place(file, setting) + " does not count: " + place(key).orElse("") + " does");
        } else {
          found.put(key, new Found(file.name(), setting));
        }
      }
    }
  }

  /** libvirt takes the first, silently; a site that lives with that is not stopped by us. */
  private void repeated(ConfFile file, ConfFile.Setting setting, int before, boolean original)
      throws ConfException {
    if (!original) {
      throw ConfException.at(
          file.name(),
          setting.line(),
          setting.key() + " is set already in line " + before + "; remove one of the two");
    }
    remarks.add(place(file, setting) + " does not count: the key is set already in line " + before);
  }

  private static String place(ConfFile file, ConfFile.Setting setting) {
    return file.name() + ":" + setting.line() + ": " + setting.key();
  }

  private static Key known(ConfFile file, ConfFile.Setting setting, boolean original)
      throws ConfException {
    Optional<Key> key = Key.of(setting.key()).filter(k -> !original || k.ofTheOriginal());
    if (key.isPresent()) {
      return key.get();
    }
    throw ConfException.at(file.name(), setting.line(), UnknownKey.words(setting.key(), original));
  }
}
