package io.convoy.cli.lines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The commands of a document: what is indented by four blanks. A box behind them, between lines of
 * three backticks, is what the last of them answers.
 */
public final class DocumentedCommands {
  private static final String INDENT = "    ";
  private static final String FENCE = "```";

  private DocumentedCommands() {}

  /** Returns all of a document's. */
  static List<DocumentedLine> of(Path document) throws IOException {
    return parse(Files.readAllLines(document));
  }

  /** Returns those under one heading of the second level. */
  public static List<DocumentedLine> of(Path document, String heading) throws IOException {
    List<String> section =
        Files.readAllLines(document).stream()
            .dropWhile(line -> !line.equals("## " + heading))
            .skip(1)
            .takeWhile(line -> !line.startsWith("## "))
            .toList();
    if (section.isEmpty()) {
      throw new IOException("%s has no heading '%s'".formatted(document, heading));
    }
    return parse(section);
  }

  private static List<DocumentedLine> parse(List<String> lines) {
    List<DocumentedLine> commands = new ArrayList<>();
    Optional<StringBuilder> box = Optional.empty();
    for (String line : lines) {
      if (line.startsWith(FENCE)) {
        if (box.isPresent()) {
          int last = commands.size() - 1;
          DocumentedLine command = commands.get(last);
          commands.set(
              last,
              new DocumentedLine(
                  command.number(), command.text(), 0, box.get().toString().strip()));
          box = Optional.empty();
        } else {
          box = Optional.of(new StringBuilder());
        }
      } else if (box.isPresent()) {
        box.get().append(line).append('\n');
      } else if (line.startsWith(INDENT)) {
        // Without a box, it may answer anything.
        commands.add(new DocumentedLine(commands.size() + 1, line.strip(), 0, "…"));
      }
    }
    return commands;
  }
}
