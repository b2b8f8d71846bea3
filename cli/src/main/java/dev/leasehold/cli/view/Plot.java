// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import java.util.ArrayList;
import java.util.List;

/** Values as columns, the newest at the right. */
final class Plot {
  private static final String EIGHTHS = " ▁▂▃▄▅▆▇█";
  private static final String ASCII = " ...::::#";
  private static final int STEPS = 8;

  private Plot() {}

  /**
   * One value.
   *
   * @param height in the unit of the scale
   * @param bad whether it is shown as a fault
   */
  record Point(double height, boolean bad) {}

  /**
   * Lines from top to bottom.
   *
   * @param points oldest first
   * @param top what the full height stands for, more than 0
   * @param unit of the scale, e.g. {@code ms}
   * @param width columns with the scale
   */
  static List<Spans> lines(
      List<Point> points, double top, String unit, int rows, int width, boolean unicode) {
    String scale = Math.round(top) + " " + unit + " ";
    int room = Math.max(1, width - scale.length());
    List<Point> shown = points.subList(Math.max(0, points.size() - room), points.size());
    List<Spans> lines = new ArrayList<>();
    for (int row = rows - 1; row >= 0; row--) {
      Spans line = new Spans();
      line.add(row == rows - 1 ? scale : " ".repeat(scale.length()), Spans.Look.FAINT);
      line.add(" ".repeat(room - shown.size()));
      for (Point point : shown) {
        int level = level(point.height(), top, rows) - row * STEPS;
        char mark = (unicode ? EIGHTHS : ASCII).charAt(Math.clamp(level, 0, STEPS));
        line.add(String.valueOf(mark), point.bad() ? Spans.Look.BAD : Spans.Look.PLOT);
      }
      lines.add(line);
    }
    return lines;
  }

  /** Every value shows, however small. */
  private static int level(double height, double top, int rows) {
    return (int) Math.clamp(Math.round(height / top * rows * STEPS), 1, (long) rows * STEPS);
  }
}
