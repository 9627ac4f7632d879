package io.convoy.cli;

import com.beust.jcommander.JCommander;
import com.beust.jcommander.ParameterDescription;
import com.beust.jcommander.Parameters;
import java.util.Comparator;
import java.util.List;

/** The help of the program, of a group of commands and of a command. */
final class Help {
  private static final int COLUMN = 26;

  private Help() {}

  /** Returns the help; the name is empty for the program's. */
  static String of(String name) {
    return CommandTable.COMMANDS.contains(name) ? command(name) : overview(name);
  }

  private static String overview(String group) {
    StringBuilder text = new StringBuilder();
    text.append(
        group.isEmpty()
            ? "Convoy keeps Docker volumes, with snapshots, incremental backups and restores.\n"
            : "The commands for %s.\n"
                .formatted(group.equals("trash") ? "deleted volumes that are kept" : group + "s"));
    String prefix = group.isEmpty() ? "" : group + " ";
    text.append(
        "\nUsage: convoy [<flags>] %s<command> [<arguments>] [<flags>]\n".formatted(prefix));
    text.append("\nCommands:\n");
    for (String name : CommandTable.COMMANDS) {
      if (name.startsWith(prefix)) {
        text.append(row(name, purpose(CommandTable.create(name))));
      }
    }
    text.append("\nFlags of every command:\n").append(flags(new GlobalOptions()));
    text.append("\n'convoy help <command>' explains one. Try 'convoy demo': it needs nothing.\n");
    return text.toString();
  }

  private static String command(String name) {
    Command command = CommandTable.create(name);
    Usage usage = command.getClass().getAnnotation(Usage.class);
    StringBuilder text = new StringBuilder();
    text.append(purpose(command)).append(".\n");
    text.append(
        "\nUsage: %s\n".formatted(("convoy " + name + " [<flags>] " + usage.arguments()).strip()));
    JCommander parser = parser(command);
    if (parser.getMainParameterValue() != null) {
      text.append(row(usage.arguments(), parser.getMainParameterValue().getDescription()));
    }
    text.append("\nExamples:\n");
    for (String example : usage.examples()) {
      text.append("  ").append(example).append('\n');
    }
    String own = flags(command);
    if (!own.isEmpty()) {
      text.append("\nFlags:\n").append(own);
    }
    return text.append("\nFlags of every command:\n").append(flags(new GlobalOptions())).toString();
  }

  private static JCommander parser(Object object) {
    JCommander parser = JCommander.newBuilder().addObject(object).build();
    // Only this makes JCommander look at the fields.
    parser.parseWithoutValidation();
    return parser;
  }

  private static String purpose(Command command) {
    return command.getClass().getAnnotation(Parameters.class).commandDescription();
  }

  private static String flags(Object object) {
    StringBuilder text = new StringBuilder();
    parser(object).getParameters().stream()
        .sorted(Comparator.comparing(flag -> flag.getParameter().names()[0]))
        .forEach(flag -> text.append(row(spelling(flag), description(flag))));
    return text.toString();
  }

  private static String spelling(ParameterDescription flag) {
    boolean isSwitch = flag.getParameterized().getType() == boolean.class;
    return String.join(", ", flag.getParameter().names()) + (isSwitch ? "" : " <value>");
  }

  private static String description(ParameterDescription flag) {
    Object value = flag.getDefault();
    boolean worthSaying =
        (value instanceof String text && !text.isEmpty())
            || (value instanceof List<?> list && !list.isEmpty());
    return flag.getDescription() + (worthSaying ? " (default: %s)".formatted(value) : "");
  }

  private static String row(String left, String right) {
    return left.length() < COLUMN - 1
        ? "  " + left + " ".repeat(COLUMN - left.length()) + right + "\n"
        : "  " + left + "\n  " + " ".repeat(COLUMN) + right + "\n";
  }
}
