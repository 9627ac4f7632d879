package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

@Parameters(commandDescription = "Wait for long work and answer as the command does that began it")
@Usage(arguments = "<job>", examples = "convoy jobs wait 3fa0b1c2")
final class JobsWaitCommand implements Command {
  @Parameter(description = "Its ID, as 'convoy jobs' shows it")
  List<String> arguments = new ArrayList<>();

  @Override
  public void run(Session session) throws MisuseException, IOException {
    String id = Arguments.one(arguments, "jobs wait", "job");
    session.answer(session.follow("/v2/jobs/wait", new JsonText().with("ID", id)));
  }
}
