// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.demo;

import dev.leasehold.cli.ExitCode;
import dev.leasehold.cli.Failure;
import dev.leasehold.cli.Printable;
import dev.leasehold.cli.Terminal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What happens in the demonstration, and the words for it. */
final class Play {
  private static final String GUEST = "web1";

  private final Path directory;
  private final Terminal terminal;
  private final List<DemoHost> hosts = new ArrayList<>();
  private int scene;

  Play(Path directory, Terminal terminal) {
    this.directory = directory;
    this.terminal = terminal;
  }

  void perform() throws Failure {
    terminal.print(
        "One disk, two hosts, one guest. Everything happens in "
            + directory
            + ",\nwith an io timeout of "
            + DemoHostCommand.IO_TIMEOUT
            + " s and a watchdog time of "
            + DemoHostCommand.WATCHDOG
            + " s (10 and 60 for real), so that it is quick.\nThe guest is "
            + Guest.words()
            + ".\n");
    scene("Two hosts join the lockspace, each with a host id of its own.");
    DemoHost one = host("kvm1", 1);
    expect(one, "joined");
    DemoHost two = host("kvm2", 2);
    expect(two, "joined");
    scene("Guest " + GUEST + " starts on kvm1: its disk gets a lease, then the guest may run.");
    expect(start(one), "granted");
    scene("Somebody starts the same guest on kvm2 as well.");
    expect(start(two), "refused");
    explain("Two writers would have destroyed the disk. Nothing was started.");
    scene("Hand-over: the guest is shut down on kvm1, then started on kvm2.");
    one.tell("stop");
    expect(one, "stopped");
    expect(start(two), "granted");
    scene("kvm2 loses its power: engine and guest are gone, nothing was given back.");
    two.kill();
    explain("From far away, a host without power looks like one that lost its network: its guest");
    explain("may still write. So kvm1 waits until kvm2 must have ended its guest (8 io timeouts)");
    explain("and, had it failed in that, must have been reset by its watchdog.");
    one.tell("take " + GUEST);
    expect(one, "granted");
    explain("Taken over, without anybody having to say that it is safe.");
    one.tell("stop");
    expect(one, "stopped");
    one.close();
  }

  private DemoHost host(String name, int id) throws Failure {
    DemoHost host = DemoHost.start(directory, name, id);
    synchronized (hosts) {
      hosts.add(host);
    }
    return host;
  }

  private static DemoHost start(DemoHost host) throws Failure {
    host.tell("start " + GUEST);
    return host;
  }

  private void scene(String words) {
    scene++;
    terminal.print("\n" + scene + ". " + words + "\n");
  }

  private void explain(String words) {
    terminal.print("   " + words + "\n");
  }

  private void expect(DemoHost host, String wanted) throws Failure {
    long begin = System.nanoTime();
    Countdown countdown = new Countdown(terminal, host.name());
    String answer = host.answer(countdown::left);
    countdown.end();
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (!answer.startsWith(wanted)) {
      throw new Failure(
          ExitCode.INTERNAL,
          "the demonstration went wrong: "
              + host.name()
              + " was expected to say \""
              + wanted
              + "\" but said \""
              + Printable.line(answer)
              + "\"");
    }
    terminal.print(
        String.format(Locale.ROOT, "   %s: %s (%.1f s)%n", host.name(), words(answer), seconds));
    terminal.flush();
  }

  private static String words(String answer) {
    int space = answer.indexOf(' ');
    String rest = space < 0 ? "" : answer.substring(space + 1);
    return switch (space < 0 ? answer : answer.substring(0, space)) {
      case "granted" -> "granted, the guest runs as process " + rest;
      case "refused" -> "refused: " + Printable.line(rest);
      case "joined" -> "has joined";
      default -> "has shut the guest down and given the lease back";
    };
  }

  /** For the end, whatever happened. */
  void killAll() {
    List<DemoHost> all;
    synchronized (hosts) {
      all = List.copyOf(hosts);
    }
    all.forEach(DemoHost::kill);
  }
}
