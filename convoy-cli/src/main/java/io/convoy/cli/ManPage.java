package io.convoy.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The manual's pages, from what help says, in roff's man macros. */
final class ManPage {
  private ManPage() {}

  /**
   * Writes {@code convoy.1}, and a page such as {@code convoy-backup-create.1} for each command.
   */
  static void writeAll(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("convoy.1"), overview());
    for (String name : CommandTable.COMMANDS) {
      Files.writeString(directory.resolve(title(name) + ".1"), command(Explanation.of(name)));
    }
  }

  private static String title(String command) {
    return "convoy-" + command.replace(' ', '-');
  }

  private static String overview() {
    StringBuilder page = new StringBuilder();
    page.append(head("convoy", "Docker volumes with snapshots, backups and restores"));
    page.append(".SH SYNOPSIS\n.B convoy\n");
    page.append(text("[<flags>] <command> [<arguments>] [<flags>]"));
    page.append(".SH DESCRIPTION\n");
    page.append(
        text(
            "Convoy keeps Docker volumes, with snapshots, incremental backups and restores. One"
                + " process, 'convoy daemon', does the work; all other commands ask it."));
    page.append(".SH COMMANDS\n");
    for (String name : CommandTable.COMMANDS) {
      page.append(".TP\n.BR ").append(title(name).replace("-", "\\-")).append(" (1)\n");
      page.append(text(Explanation.of(name).purpose() + "."));
    }
    page.append(".SH OPTIONS OF EVERY COMMAND\n").append(flags(Explanation.globalFlags()));
    page.append(".SH EXIT STATUS\n");
    page.append(definition("0", "It is done."));
    page.append(definition("1", "It failed; standard error says why."));
    page.append(definition("2", "It was not understood, and nothing was done."));
    page.append(".SH ENVIRONMENT\n");
    page.append(definition("CONVOY_SOCKET", "The daemon's socket, if --socket is not given."));
    page.append(definition("NO_COLOR", "If it is set to anything: no colours."));
    page.append(definition("JAVA_HOME", "The Java to run with, 17 or newer."));
    page.append(".SH FILES\n");
    page.append(definition(GlobalOptions.DEFAULT_SOCKET, "Where the daemon listens."));
    page.append(definition("/var/lib/convoy", "What the daemon keeps of its volumes."));
    return page.toString();
  }

  private static String command(Explanation command) {
    StringBuilder page = new StringBuilder();
    String purpose = command.purpose();
    page.append(
        head(
            title(command.name()),
            purpose.substring(0, 1).toLowerCase(Locale.ROOT) + purpose.substring(1)));
    page.append(".SH SYNOPSIS\n.B ").append(escaped("convoy " + command.name())).append('\n');
    page.append(text(("[<flags>] " + command.arguments()).strip()));
    page.append(".SH DESCRIPTION\n").append(text(purpose + "."));
    if (!command.argumentNote().isEmpty()) {
      page.append(definition(command.arguments(), command.argumentNote() + "."));
    }
    if (!command.flags().isEmpty()) {
      page.append(".SH OPTIONS\n").append(flags(command.flags()));
    }
    if (!command.notedValues().isEmpty()) {
      page.append(".SH VALUES\n");
      command
          .notedValues()
          .forEach(
              value ->
                  page.append(
                      definition("<" + value + ">", ValueNotes.of(value).orElseThrow() + ".")));
    }
    page.append(".SH EXAMPLES\n.nf\n");
    command.examples().forEach(example -> page.append(text(example)));
    page.append(".fi\n");
    page.append(".SH SEE ALSO\n.BR convoy (1)\n");
    return page.toString();
  }

  private static String head(String name, String purpose) {
    return ".TH %s 1 \"\" \"Convoy %s\"\n.SH NAME\n%s \\- %s\n"
        .formatted(
            escaped(name.toUpperCase(Locale.ROOT)), Version.get(), escaped(name), escaped(purpose));
  }

  private static String flags(List<Explanation.Flag> flags) {
    StringBuilder text = new StringBuilder();
    flags.forEach(flag -> text.append(definition(flag.spelling(), flag.description() + ".")));
    return text.toString();
  }

  private static String definition(String term, String meaning) {
    return ".TP\n.B " + escaped(term) + "\n" + text(meaning);
  }

  private static String text(String line) {
    String escaped = escaped(line);
    // At a line's start these two are roff's own.
    return (escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" : "") + escaped + "\n";
  }

  /** Returns a text that roff prints as it is: a plain dash and apostrophe would become others. */
  private static String escaped(String text) {
    return text.replace("\\", "\\e")
        .replace("-", "\\-")
        .replace("'", "\\(aq")
        .replace("\"", "\\(dq")
        .replace("…", "...");
  }
}
