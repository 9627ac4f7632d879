package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

@Parameters(commandDescription = "Show one piece of long work: how far it is, or what became of it")
@Usage(arguments = "<job>", examples = "convoy jobs show 3fa0b1c2")
final class JobsShowCommand implements Command {
  @Parameter(description = "Its ID, as 'convoy jobs' shows it")
  List<String> arguments = new ArrayList<>();

  @Override
  public void run(Session session) throws MisuseException, IOException {
    String id = Arguments.one(arguments, "jobs show", "job");
    session.ask("GET", "/v2/jobs", new JsonText().with("ID", id));
  }
}
