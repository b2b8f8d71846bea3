// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.dist;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;

/** Finds tables and code in our documentation. */
public final class Markdown {
  private final List<String> lines;

  /** Of this text. */
  public Markdown(String text) {
    this.lines = text.lines().toList();
  }

  /**
   * The rows, without the heading, of the first table below a heading of this name.
   *
   * @throws NoSuchElementException if there is none
   */
  public List<List<String>> table(String heading) {
    int i = 0;
    while (i < lines.size() && !lines.get(i).matches("#+ " + heading)) {
      i++;
    }
    while (i < lines.size() && !lines.get(i).startsWith("|")) {
      i++;
    }
    List<List<String>> rows = new ArrayList<>();
    while (i < lines.size() && lines.get(i).startsWith("|")) {
      rows.add(cells(lines.get(i)));
      i++;
    }
    if (rows.size() < 3) {
      throw new NoSuchElementException("no table below " + heading);
    }
    return rows.subList(2, rows.size());
  }

  /** Every indented block of code, in order, without its indentation. */
  public List<String> code() {
    List<String> blocks = new ArrayList<>();
    StringBuilder block = new StringBuilder();
    boolean afterBlank = true;
    for (String line : lines) {
      if (line.startsWith("    ") && (afterBlank || !block.isEmpty())) {
        block.append(line.substring(4)).append('\n');
      } else if (!block.isEmpty()) {
        blocks.add(block.toString());
        block.setLength(0);
      }
      afterBlank = line.isBlank();
    }
    if (!block.isEmpty()) {
      blocks.add(block.toString());
    }
    return blocks;
  }

  private static List<String> cells(String row) {
    String inner = row.strip();
    inner = inner.substring(1, inner.length() - 1);
    return Arrays.stream(inner.split("(?<!\\\\)\\|", -1))
        .map(cell -> cell.strip().replace("\\|", "|"))
        .toList();
  }
}
