package io.convoy.cli;

import java.util.List;
import java.util.Map;

/** The help of the program, of a group of commands and of a command. */
final class Help {
  private static final int COLUMN = 26;
  private static final Map<String, String> GROUPS =
      Map.of("trash", "deleted volumes that are kept", "pool", "thin pools", "jobs", "long work");

  private Help() {}

  /** Returns the help; the name is empty for the program's. */
  static String of(String name) {
    return CommandTable.COMMANDS.contains(name) ? command(Explanation.of(name)) : overview(name);
  }

  private static String overview(String group) {
    StringBuilder text = new StringBuilder();
    text.append(
        group.isEmpty()
            ? "Convoy keeps Docker volumes, with snapshots, incremental backups and restores.\n"
            : "The commands for %s.\n".formatted(GROUPS.getOrDefault(group, group + "s")));
    String prefix = group.isEmpty() ? "" : group + " ";
    text.append(
        "\nUsage: convoy [<flags>] %s<command> [<arguments>] [<flags>]\n".formatted(prefix));
    text.append("\nCommands:\n");
    for (String name : CommandTable.COMMANDS) {
      if (name.startsWith(prefix)) {
        text.append(row(name, Explanation.of(name).purpose()));
      }
    }
    text.append("\nFlags of every command:\n").append(rows(Explanation.globalFlags()));
    text.append("\n'convoy help <command>' explains one. Try 'convoy demo': it needs nothing.\n");
    return text.toString();
  }

  private static String command(Explanation command) {
    StringBuilder text = new StringBuilder();
    text.append(command.purpose()).append(".\n");
    text.append("\nUsage: %s\n".formatted(command.synopsis()));
    if (!command.argumentNote().isEmpty()) {
      text.append(row(command.arguments(), command.argumentNote()));
    }
    text.append("\nExamples:\n");
    command.examples().forEach(example -> text.append("  ").append(example).append('\n'));
    if (!command.flags().isEmpty()) {
      text.append("\nFlags:\n").append(rows(command.flags()));
    }
    if (!command.notedValues().isEmpty()) {
      text.append("\nValues:\n");
      command
          .notedValues()
          .forEach(
              value -> text.append(row("<" + value + ">", ValueNotes.of(value).orElseThrow())));
    }
    return text.append("\nFlags of every command:\n")
        .append(rows(Explanation.globalFlags()))
        .toString();
  }

  private static String rows(List<Explanation.Flag> flags) {
    StringBuilder text = new StringBuilder();
    flags.forEach(flag -> text.append(row(flag.spelling(), flag.description())));
    return text.toString();
  }

  private static String row(String left, String right) {
    return left.length() < COLUMN - 1
        ? "  " + left + " ".repeat(COLUMN - left.length()) + right + "\n"
        : "  " + left + "\n  " + " ".repeat(COLUMN) + right + "\n";
  }
}
