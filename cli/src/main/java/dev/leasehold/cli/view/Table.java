// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.cli.view;

import dev.leasehold.cli.Printable;
import java.util.ArrayList;
import java.util.List;

/** Columns of text, each as wide as its widest cell; the last is not padded. */
final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... header) {
    rows.add(List.of(header));
  }

  void row(String... cells) {
    List<String> safe = new ArrayList<>(cells.length);
    for (String cell : cells) {
      safe.add(Printable.line(cell));
    }
    rows.add(safe);
  }

  /** Each row a line. */
  String render() {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      for (int i = 0; i < columns - 1; i++) {
        text.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + 2);
      }
      text.append(row.getLast()).append('\n');
    }
    return text.toString();
  }
}
