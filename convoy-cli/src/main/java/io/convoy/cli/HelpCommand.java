package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

@Parameters(commandDescription = "Show the commands, or explain one")
@Usage(
    arguments = "[<command>]",
    examples = {
      "convoy help",
      "convoy help backup create",
      "convoy help --man /usr/local/share/man/man1"
    })
final class HelpCommand implements Command {
  @Parameter(description = "The command to explain")
  List<String> arguments = new ArrayList<>();

  @Placeholder("directory")
  @Parameter(
      names = "--man",
      description = "Write the manual's pages, one a command, into this directory",
      defaultValueDescription = "none, help is shown")
  String man = "";

  @Override
  public void run(Session session) throws MisuseException, IOException {
    if (!man.isEmpty()) {
      ManPage.writeAll(Path.of(man));
      return;
    }
    session.answer(Help.of(CommandLine.parse(arguments).name()));
  }
}
