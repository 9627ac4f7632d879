package io.convoy.cli;

import io.convoy.cli.Terminal.Style;
import java.util.ArrayList;
import java.util.List;

/** Rows in columns, each as wide as its widest text, as docker shows lists. */
final class Table {
  private static final int GAP = 3;

  private final List<Row> rows = new ArrayList<>();

  private record Row(Style style, List<String> cells) {}

  Table(String... header) {
    row(Style.BOLD, header);
  }

  /** Adds a row with as many cells as the header has; an empty text is shown as a dash. */
  Table row(Style style, String... cells) {
    List<String> shown = new ArrayList<>();
    for (String cell : cells) {
      shown.add(cell.isEmpty() ? "-" : printable(cell));
    }
    rows.add(new Row(style, shown));
    return this;
  }

  /** What others wrote into a store must not steer the terminal. */
  static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}+", "?");
  }

  String text(Terminal terminal) {
    int columns = rows.get(0).cells.size();
    int[] widths = new int[columns];
    for (Row row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.cells.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (Row row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        line.append(row.cells.get(i));
        if (i < columns - 1) {
          line.append(" ".repeat(widths[i] - row.cells.get(i).length() + GAP));
        }
      }
      text.append(terminal.styled(line.toString(), row.style)).append('\n');
    }
    return text.toString();
  }
}
