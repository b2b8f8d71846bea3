// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.view.HostLine.State;
import dev.leasehold.cli.view.Spans.Look;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** What {@code leasehold top} shows, made from one look; pure. */
final class TopScreen {
  private static final int ID = 4;
  private static final int STATE = 7;
  private static final int AGE = 7;
  private static final int DEADLINE = 20;

  private final int rows;
  private final int columns;
  private final boolean colours;
  private final boolean unicode;

  /**
   * @param rows at most so many lines
   * @param columns at most so wide
   * @param colours with escape sequences
   * @param unicode block characters, else ASCII
   */
  TopScreen(int rows, int columns, boolean colours, boolean unicode) {
    this.rows = rows;
    this.columns = columns;
    this.colours = colours;
    this.unicode = unicode;
  }

  /**
   * The lines.
   *
   * @param recent changes since {@code since}, newest first
   * @param hint at the end of the first line
   */
  List<String> render(TopLook look, List<TopLook.Change> recent, Instant since, String hint) {
    List<Spans> lines = new ArrayList<>();
    lines.add(title(look, hint));
    lines.add(summary(look));
    look.fault().ifPresent(words -> lines.add(new Spans().add(words, Look.BAD)));
    plot(look, lines);
    lines.add(new Spans());
    hosts(look, lines, recent);
    lines.add(new Spans());
    changes(look, recent, since, lines);
    return lines.stream().limit(rows).map(line -> line.render(columns, colours)).toList();
  }

  private Spans title(TopLook look, String hint) {
    Look bar = colours ? Look.BAR : Look.PLAIN;
    String right = HoldingText.timeOfDay(look.at(), look.at()) + hint;
    Spans line = new Spans().add(" leasehold top  " + look.directory() + " ", bar);
    return line.fill(columns - right.length() - 1, bar).add(right + " ", bar);
  }

  private static Spans summary(TopLook look) {
    Spans line = new Spans().add("hosts ");
    long alive = look.hosts().stream().filter(host -> host.state() == State.ALIVE).count();
    line.add(alive + " alive", alive > 0 ? Look.GOOD : Look.PLAIN);
    count(line, look.hosts(), State.UNKNOWN, "not seen yet", Look.PLAIN);
    count(line, look.hosts(), State.SILENT, "silent", Look.WARNING);
    count(line, look.hosts(), State.DAMAGED, "damaged", Look.BAD);
    TopLook.Counts counts = look.counts();
    line.add("   leases " + counts.held() + " held, " + counts.free() + " free");
    if (counts.damaged() > 0) {
      line.add(", ").add(counts.damaged() + " damaged", Look.BAD);
    }
    if (counts.unread() > 0) {
      line.add(", " + counts.unread() + " not read yet", Look.FAINT);
    }
    return line.add(
        look.daemon().map(daemon -> "   daemon host id " + daemon.hostId()).orElse("   no daemon"),
        look.daemon().isPresent() ? Look.PLAIN : Look.FAINT);
  }

  private static void count(
      Spans line, List<HostLine> hosts, State state, String word, Look colour) {
    long number = hosts.stream().filter(host -> host.state() == state).count();
    if (number > 0) {
      line.add(", ").add(number + " " + word, colour);
    }
  }

  /** As high as the screen allows; nothing on a very low one. */
  private void plot(TopLook look, List<Spans> lines) {
    int height = rows >= 24 ? 4 : rows >= 16 ? 2 : rows >= 11 ? 1 : 0;
    if (height == 0 || (look.daemon().isEmpty() && look.reads().size() < 2)) {
      return;
    }
    lines.add(new Spans());
    List<Plot.Point> points;
    if (look.daemon().isPresent()) {
      List<TopLook.Renewal> renewals = look.daemon().get().renewals();
      lines.add(renewals(renewals));
      points =
          renewals.stream()
              .map(one -> new Plot.Point(one.readMillis() + one.writeMillis(), one.failures() > 0))
              .toList();
    } else {
      points =
          look.reads().stream().map(one -> new Plot.Point(one.toNanos() / 1e6, false)).toList();
      double now = points.getLast().height();
      lines.add(
          new Spans()
              .add("READS OF THE LOCKSPACE", Look.STRONG)
              .add(String.format(Locale.ROOT, "  %.1f ms, worst %.1f ms", now, worst(points))));
    }
    lines.addAll(Plot.lines(points, Math.max(10, worst(points)), "ms", height, columns, unicode));
  }

  private static Spans renewals(List<TopLook.Renewal> renewals) {
    Spans line = new Spans().add("RENEWALS OF THIS HOST", Look.STRONG);
    if (renewals.isEmpty()) {
      return line.add("  none yet");
    }
    TopLook.Renewal last = renewals.getLast();
    long worst =
        renewals.stream().mapToLong(one -> one.readMillis() + one.writeMillis()).max().orElse(0);
    long failed = renewals.stream().mapToLong(TopLook.Renewal::failures).sum();
    line.add("  read " + millis(last.readMillis()) + ", write " + millis(last.writeMillis()));
    line.add(", worst of the last " + renewals.size() + " " + millis(worst) + "; ");
    return line.add(failed + " failed", failed > 0 ? Look.BAD : Look.PLAIN);
  }

  private static String millis(long number) {
    return number == 0 ? "< 1 ms" : number + " ms";
  }

  private static double worst(List<Plot.Point> points) {
    return points.stream().mapToDouble(Plot.Point::height).max().orElse(0);
  }

  private void hosts(TopLook look, List<Spans> lines, List<TopLook.Change> recent) {
    int left = rows - lines.size() - 4;
    int most = Math.max(1, recent.isEmpty() ? left : left * 2 / 3);
    boolean all = look.hosts().size() <= most;
    int fixed = ID + STATE + AGE + DEADLINE + 5;
    int bar = Math.clamp((columns - fixed) / 2L, 8, 40);
    int name = Math.max(8, columns - fixed - bar - 2);
    lines.add(
        new Spans()
            .cell("HOST", ID, Look.STRONG)
            .cell("STATE", STATE, Look.STRONG)
            .cell("AGE", AGE, Look.STRONG)
            .cell("", bar, Look.PLAIN)
            .cell("DEADLINE", DEADLINE, Look.STRONG)
            .add("NAME", Look.STRONG));
    if (look.hosts().isEmpty()) {
      lines.add(new Spans().add("no host uses this directory", Look.FAINT));
    }
    // The worst come first, so that what does not fit is what is well.
    look.hosts().stream()
        .sorted(Comparator.comparingInt(TopScreen::urgency).thenComparingLong(HostLine::hostId))
        .limit(all ? most : Math.max(1, most - 1))
        .forEach(host -> lines.add(host(host, look.fireTimeout(), bar, name)));
    if (!all) {
      lines.add(
          new Spans()
              .add("and " + (look.hosts().size() - Math.max(1, most - 1)) + " more", Look.FAINT));
    }
  }

  private static int urgency(HostLine host) {
    return switch (host.state()) {
      case DAMAGED -> 0;
      case SILENT -> 1;
      case UNKNOWN -> 2;
      case ALIVE -> 3;
      case LEFT -> 4;
    };
  }

  private Spans host(HostLine host, int fireTimeout, int bar, int name) {
    Deadline deadline = Deadline.of(host, fireTimeout);
    Look colour = colour(host, deadline);
    Spans line = new Spans().cell(Long.toString(host.hostId()), ID, Look.PLAIN);
    boolean damaged = host.state() == State.DAMAGED;
    line.cell(word(host, deadline), STATE, colour);
    line.cell(damaged ? "-" : age(deadline), AGE, Look.PLAIN);
    if (damaged) {
      line.cell("", bar, Look.PLAIN);
    } else {
      bar(line, deadline, bar, colour);
    }
    line.cell(damaged ? "cannot be taken" : words(deadline), DEADLINE, colour);
    String who =
        host.shownName() + host.run().map(run -> " (" + run.commandLine() + ")").orElse("");
    return line.add(who.substring(0, Math.min(who.length(), Math.max(name, 1))));
  }

  private String age(Deadline deadline) {
    return (deadline.exact() ? "" : unicode ? "≥ " : ">=") + deadline.age() + " s";
  }

  private String words(Deadline deadline) {
    return unicode ? deadline.words() : deadline.words().replace("\u2264 ", "<=");
  }

  private static String word(HostLine host, Deadline deadline) {
    if (host.state() != State.SILENT) {
      return host.state().text();
    }
    return deadline.isDead() ? "dead" : deadline.isLost() ? "lost" : "silent";
  }

  private static Look colour(HostLine host, Deadline deadline) {
    return switch (host.state()) {
      case ALIVE -> Look.GOOD;
      case UNKNOWN, LEFT -> Look.FAINT;
      case SILENT -> deadline.isLost() ? Look.BAD : Look.WARNING;
      case DAMAGED -> Look.BAD;
    };
  }

  /** From the last renewal to death; a mark where the leases are lost. */
  private void bar(Spans line, Deadline deadline, int width, Look colour) {
    int full =
        (int) Math.clamp(Math.ceilDiv(deadline.age() * width, deadline.deadAfter()), 0L, width);
    int mark = (int) (deadline.lostAfter() * width / deadline.deadAfter());
    line.add((unicode ? "█" : "#").repeat(full), colour);
    StringBuilder rest = new StringBuilder();
    for (int i = full; i < width; i++) {
      rest.append(i == mark ? '|' : unicode ? '·' : '.');
    }
    line.add(rest + " ", Look.FAINT);
  }

  private void changes(
      TopLook look, List<TopLook.Change> recent, Instant since, List<Spans> lines) {
    lines.add(new Spans().add("LEASES COMING AND GOING", Look.STRONG));
    if (recent.isEmpty()) {
      lines.add(
          new Spans().add("nothing since " + HoldingText.timeOfDay(since, look.at()), Look.FAINT));
    }
    for (TopLook.Change change : recent) {
      String at = HoldingText.timeOfDay(change.at(), look.at());
      lines.add(
          switch (change.kind()) {
            case TAKEN ->
                new Spans()
                    .add("+ ", Look.GOOD)
                    .add(at + "  " + change.title() + "  ")
                    .add(change.who().orElse(""), Look.FAINT);
            case GIVEN_BACK ->
                new Spans()
                    .add("- ", Look.WARNING)
                    .add(at + "  " + change.title() + "  ")
                    .add("is free", Look.FAINT);
            case REMOVED ->
                new Spans()
                    .add("x ", Look.FAINT)
                    .add(at + "  " + change.title() + "  ")
                    .add("its file was removed", Look.FAINT);
          });
    }
  }
}
