package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import java.util.ArrayList;
import java.util.List;

@Parameters(commandDescription = "Show the commands, or explain one")
@Usage(
    arguments = "[<command>]",
    examples = {"convoy help", "convoy help backup create"})
final class HelpCommand implements Command {
  @Parameter(description = "The command to explain")
  List<String> arguments = new ArrayList<>();

  @Override
  public void run(Session session) throws MisuseException {
    session.answer(Help.of(CommandLine.parse(arguments).name()));
  }
}
