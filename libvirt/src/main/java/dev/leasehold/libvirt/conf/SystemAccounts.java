// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.conf;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * The accounts in {@code /etc/passwd} and {@code /etc/group}; others (LDAP and the like) are asked
 * for with {@code getent}.
 */
public final class SystemAccounts implements Accounts {
  private static final int ID_FIELD = 2;
  private static final long PATIENCE_SECONDS = 10;

  @Override
  public OptionalInt user(String name) {
    return find("passwd", name);
  }

  @Override
  public OptionalInt group(String name) {
    return find("group", name);
  }

  private static OptionalInt find(String database, String name) {
    if (name.isEmpty() || name.contains(":") || name.startsWith("-")) {
      return OptionalInt.empty();
    }
    try {
      OptionalInt local = find(Files.readAllLines(Path.of("/etc", database)), name);
      return local.isPresent() ? local : find(asked(database, name), name);
    } catch (IOException e) {
      return find(asked(database, name), name);
    }
  }

  private static OptionalInt find(List<String> lines, String name) {
    for (String line : lines) {
      String[] fields = line.split(":", -1);
      if (fields.length > ID_FIELD && fields[0].equals(name)) {
        try {
          return OptionalInt.of(Integer.parseUnsignedInt(fields[ID_FIELD]));
        } catch (NumberFormatException e) {
          return OptionalInt.empty();
        }
      }
    }
    return OptionalInt.empty();
  }

  private static List<String> asked(String database, String name) {
    try {
      Process getent =
          new ProcessBuilder("getent", database, name)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try (InputStream out = getent.getInputStream()) {
        List<String> lines =
            new String(out.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        return getent.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) ? lines : List.of();
      } finally {
        getent.destroyForcibly();
      }
    } catch (IOException e) {
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }
}
