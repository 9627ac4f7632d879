package io.convoy.cli;

import com.beust.jcommander.Parameter;

/** The flag of those commands that have an answer for programs and one for people. */
final class AnswerFormat {
  @Placeholder("json|table")
  @Parameter(
      names = "--format",
      description = "Whom to answer: json is for programs, table for people",
      defaultValueDescription = "table on a terminal, json elsewhere")
  String format = "";

  /** Returns whether people shall be answered. */
  boolean isTable(Terminal terminal) throws MisuseException {
    return switch (format) {
      case "" -> terminal.out();
      case "table", "text" -> true;
      case "json" -> false;
      default ->
          throw new MisuseException(
              "Invalid --format '%s': expected json or table".formatted(format));
    };
  }
}
