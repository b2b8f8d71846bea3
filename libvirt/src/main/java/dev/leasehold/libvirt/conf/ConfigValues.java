// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.libvirt.conf;

import dev.leasehold.libvirt.naming.LeaseIdentity;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/** Checks the values and fills in the defaults. */
final class ConfigValues {
  private static final int USUAL_IO_TIMEOUT = 10;
  private static final int USUAL_MIN_HOSTS = 14;

  /** sun_path without its NUL. */
  private static final int LONGEST_SOCKET = 107;

  /** A path on disk has 1023 bytes and a NUL (wire.md); the name of the lockspace is shorter. */
  private static final int LONGEST_DIRECTORY = 1023 - 1 - 32;

  private static final int LONGEST_HOST_NAME = 47;

  private static final String SANLOCK_NAME = "/sanlock.sock";

  private final Map<Key, ConfigFiles.Found> found;
  private final Accounts accounts;

  ConfigValues(Map<Key, ConfigFiles.Found> found, Accounts accounts) {
    this.found = found;
    this.accounts = accounts;
  }

  LeaseholdConfig config() throws ConfException {
    boolean auto = flag(Key.AUTO_DISK_LEASES).orElse(true);
    int fire = number(Key.WATCHDOG_FIRE_TIMEOUT).orElse(60);
    int maxHosts = number(Key.MAX_HOSTS).orElse(2000);
    return new LeaseholdConfig(
        auto,
        directory(),
        hostId(),
        flag(Key.REQUIRE_LEASE_FOR_DISKS).orElse(!auto),
        ioTimeout(),
        account(Key.USER, "user", accounts::user),
        account(Key.GROUP, "group", accounts::group),
        LeaseIdentity.valueOf(word(Key.LEASE_IDENTITY, "path")),
        flag(Key.PROTECT_BACKING_FILES).orElse(false),
        LostLeaseAction.valueOf(word(Key.LOST_LEASE_ACTION, "guest")),
        gracePeriod(fire),
        WatchdogChoice.valueOf(word(Key.WATCHDOG, "auto")),
        text(Key.WATCHDOG_DEVICE).orElse("/dev/watchdog"),
        fire,
        hostName(),
        minHosts(maxHosts),
        maxHosts,
        sanlockSocket(),
        socket(Key.VIRTLOCKD_SOCKET, "/run/libvirt/virtlockd-sock"),
        text(Key.LIBVIRT_URI).orElse("qemu:///system"),
        listen());
  }

  private OptionalInt hostId() throws ConfException {
    int id = number(Key.HOST_ID).orElse(0);
    return id == 0 ? OptionalInt.empty() : OptionalInt.of(id);
  }

  private int ioTimeout() throws ConfException {
    int seconds = number(Key.IO_TIMEOUT).orElse(0);
    return seconds == 0 ? USUAL_IO_TIMEOUT : seconds;
  }

  private int gracePeriod(int fire) throws ConfException {
    int seconds = number(Key.GRACE_PERIOD).orElse(Math.min(40, fire));
    if (seconds > fire) {
      throw fault(
          Key.GRACE_PERIOD,
          seconds
              + " is longer than watchdog_fire_timeout, "
              + fire
              + ": the host would be reset first");
    }
    return seconds;
  }

  private int minHosts(int maxHosts) throws ConfException {
    int hosts = number(Key.MIN_HOSTS).orElse(Math.min(USUAL_MIN_HOSTS, maxHosts));
    if (hosts > maxHosts) {
      throw fault(Key.MIN_HOSTS, hosts + " is more than max_hosts, " + maxHosts);
    }
    return hosts;
  }

  private String directory() throws ConfException {
    String path = text(Key.DISK_LEASE_DIR).orElse("/var/lib/libvirt/sanlock");
    String shorter = path.replaceAll("/+$", "");
    if (shorter.getBytes(StandardCharsets.UTF_8).length > LONGEST_DIRECTORY) {
      throw fault(Key.DISK_LEASE_DIR, "the path is longer than " + LONGEST_DIRECTORY + " bytes");
    }
    return shorter.isEmpty() ? "/" : shorter;
  }

  private Optional<String> hostName() throws ConfException {
    Optional<String> name = text(Key.HOST_NAME).filter(text -> !text.isEmpty());
    if (name.isPresent()
        && (name.get().getBytes(StandardCharsets.UTF_8).length > LONGEST_HOST_NAME
            || name.get().codePoints().anyMatch(Character::isISOControl))) {
      throw fault(
          Key.HOST_NAME,
          "expected at most " + LONGEST_HOST_NAME + " bytes without control characters");
    }
    return name;
  }

  private Optional<String> socket(Key key, String usual) throws ConfException {
    String path = text(key).orElse(usual);
    boolean fits = path.getBytes(StandardCharsets.UTF_8).length <= LONGEST_SOCKET;
    if (!path.isEmpty() && (!path.startsWith("/") || !fits)) {
      throw fault(
          key,
          quoted(path)
              + ": expected an absolute path of at most "
              + LONGEST_SOCKET
              + " bytes, or \"\" for none");
    }
    return path.isEmpty() ? Optional.empty() : Optional.of(path);
  }

  /** Clients are told its directory (SANLOCK_RUN_DIR) at most: its name is fixed. */
  private Optional<String> sanlockSocket() throws ConfException {
    Optional<String> path = socket(Key.SANLOCK_SOCKET, "/run/sanlock/sanlock.sock");
    if (path.isPresent() && !path.get().endsWith(SANLOCK_NAME)) {
      throw fault(
          Key.SANLOCK_SOCKET,
          quoted(path.get())
              + ": expected a path that ends in "
              + SANLOCK_NAME
              + ", where clients look, or \"\" for none");
    }
    return path;
  }

  private Optional<String> listen() throws ConfException {
    Optional<String> text = text(Key.METRICS_LISTEN).filter(address -> !address.isEmpty());
    if (text.isPresent() && !text.get().matches("unix:/.+|.+:[0-9]{1,5}")) {
      throw fault(
          Key.METRICS_LISTEN,
          quoted(text.get()) + ": expected \"HOST:PORT\", \"unix:PATH\" or \"\"");
    }
    return text;
  }

  /** A name, then digits as a number, as libvirt has it; "+" says that it is a number. */
  private OptionalInt account(Key key, String what, Function<String, OptionalInt> lookUp)
      throws ConfException {
    Optional<String> text = text(key);
    if (text.isEmpty()) {
      return OptionalInt.empty();
    }
    String name = text.get();
    OptionalInt known = name.startsWith("+") ? OptionalInt.empty() : lookUp.apply(name);
    if (known.isPresent()) {
      return known;
    }
    String digits = name.startsWith("+") ? name.substring(1) : name;
    try {
      if (digits.matches("[0-9]+")) {
        return OptionalInt.of(Integer.parseInt(digits));
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw fault(
        key,
        quoted(name)
            + ": this host has no such "
            + what
            + "; expected a name, \"+NUMBER\" or a number in quotes");
  }

  private Optional<Boolean> flag(Key key) throws ConfException {
    Optional<ConfValue> value = value(key);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (value.get() instanceof ConfValue.Whole(long number, boolean negative)
        && !negative
        && (number == 0 || number == 1)) {
      return Optional.of(number == 1);
    }
    throw unexpected(key, value.get());
  }

  private OptionalInt number(Key key) throws ConfException {
    Optional<ConfValue> value = value(key);
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    if (value.get() instanceof ConfValue.Whole(long number, boolean negative)
        && !negative
        && number >= least(key)
        && number <= most(key)) {
      return OptionalInt.of((int) number);
    }
    if (value.get() instanceof ConfValue.Text(String word)
        && key.type() instanceof KeyType.WholeOr or
        && or.word().equals(word)) {
      return OptionalInt.empty();
    }
    throw unexpected(key, value.get());
  }

  private static long least(Key key) {
    return switch (key.type()) {
      case KeyType.Whole whole -> whole.least();
      case KeyType.WholeOr or -> or.least();
      default -> throw new IllegalStateException(key + " takes no number");
    };
  }

  private static long most(Key key) {
    return switch (key.type()) {
      case KeyType.Whole whole -> whole.most();
      case KeyType.WholeOr or -> or.most();
      default -> throw new IllegalStateException(key + " takes no number");
    };
  }

  private Optional<String> text(Key key) throws ConfException {
    Optional<ConfValue> value = value(key);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (value.get() instanceof ConfValue.Text(String text)
        && text.indexOf('\0') < 0
        && (!(key.type() instanceof KeyType.AbsolutePath) || text.startsWith("/"))) {
      return Optional.of(text);
    }
    throw unexpected(key, value.get());
  }

  /** The name of the constant that a word stands for. */
  private String word(Key key, String usual) throws ConfException {
    Optional<ConfValue> value = value(key);
    String word = usual;
    if (value.isPresent()) {
      List<String> words = key.type() instanceof KeyType.Choice choice ? choice.words() : List.of();
      if (!(value.get() instanceof ConfValue.Text(String text)) || !words.contains(text)) {
        throw unexpected(key, value.get());
      }
      word = text;
    }
    return word.toUpperCase(Locale.ROOT);
  }

  private Optional<ConfValue> value(Key key) {
    return Optional.ofNullable(found.get(key)).map(place -> place.setting().value());
  }

  private ConfException unexpected(Key key, ConfValue value) {
    String shown =
        switch (value) {
          case ConfValue.Whole whole -> Long.toString(whole.value());
          case ConfValue.Text text -> quoted(text.value());
          case ConfValue.Items _ -> "a list";
        };
    return fault(key, shown + ": expected " + key.type().accepted());
  }

  private static String quoted(String text) {
    return "\"" + text + "\"";
  }

  private ConfException fault(Key key, String message) {
    ConfigFiles.Found place = found.get(key);
    if (place == null) {
      throw new IllegalStateException("the default of " + key + " is refused: " + message);
    }
    return ConfException.at(place.file(), place.setting().line(), key.text() + " = " + message);
  }
}
