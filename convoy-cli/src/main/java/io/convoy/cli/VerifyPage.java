package io.convoy.cli;

import io.convoy.core.ByteSize;

/** What verifying a backup found, as people read it. */
final class VerifyPage {
  private VerifyPage() {}

  /** Returns one line that says whether it is whole, then what is damaged, and what that hurts. */
  static String of(JsonObject report, Terminal terminal) {
    boolean whole = report.text("Whole").equals("true");
    StringBuilder page = new StringBuilder();
    page.append(
        terminal.styled(
            whole ? "whole" : "damaged", whole ? Terminal.Style.GREEN : Terminal.Style.RED));
    page.append(
        "   %s of %s blocks read, %s (level %s)\n"
            .formatted(
                report.number("ReadBlocks").orElse(0),
                report.number("Blocks").orElse(0),
                new ByteSize(report.number("ReadBytes").orElse(0)),
                Table.printable(report.text("Level"))));
    for (JsonObject damage : report.objects("Damage")) {
      line(page, terminal.styled("error  ", Terminal.Style.RED) + "   ", damage.text("Problem"));
      for (String backup : damage.texts("OtherBackups")) {
        line(page, "          ", "needed by " + backup + ", too");
      }
    }
    report.texts("Notes").forEach(note -> line(page, "note      ", note));
    return page.toString();
  }

  private static void line(StringBuilder page, String head, String text) {
    page.append(head).append(Table.printable(text)).append('\n');
  }
}
