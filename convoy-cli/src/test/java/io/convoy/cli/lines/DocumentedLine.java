package io.convoy.cli.lines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A command line of {@code docs/command-lines.md}.
 *
 * @param number counted through the document, from 1
 * @param text as it stands there, with its {@code <placeholders>}
 * @param status the exit status that is promised
 * @param answer what is printed, with {@code …} for any text
 */
public record DocumentedLine(int number, String text, int status, String answer) {
  private static final Pattern ROW =
      Pattern.compile("\\| `(?<line>[^`]+)` \\| (?<answer>.*?) ?\\|");
  private static final Pattern STATUS = Pattern.compile("status (?<status>\\d+): (?<answer>.*)");

  /** Returns a document's lines by the headings that they stand under. */
  static Map<String, List<DocumentedLine>> read(Path document) throws IOException {
    Map<String, List<DocumentedLine>> lines = new LinkedHashMap<>();
    String heading = "";
    int number = 0;
    for (String text : Files.readAllLines(document)) {
      Matcher row = ROW.matcher(text);
      if (text.startsWith("## ")) {
        heading = text.substring("## ".length());
      } else if (row.matches()) {
        number++;
        Matcher status = STATUS.matcher(row.group("answer"));
        boolean hasStatus = status.matches();
        lines
            .computeIfAbsent(heading, key -> new ArrayList<>())
            .add(
                new DocumentedLine(
                    number,
                    row.group("line"),
                    hasStatus ? Integer.parseInt(status.group("status")) : 0,
                    hasStatus ? status.group("answer") : row.group("answer")));
      }
    }
    return lines;
  }

  /** Returns whether this starts a daemon, which stays. */
  public boolean startsDaemon() {
    return text.matches("(bin/)?convoy daemon .*");
  }

  /** Returns whether a program has printed what is promised; {@code filled} is that, filled in. */
  static boolean isAnswer(String filled, String printed) {
    StringBuilder pattern = new StringBuilder();
    for (String part : filled.split("…", -1)) {
      pattern.append(pattern.isEmpty() ? "" : ".*").append(Pattern.quote(part));
    }
    return Pattern.compile(pattern.toString(), Pattern.DOTALL).matcher(printed.strip()).matches();
  }
}
