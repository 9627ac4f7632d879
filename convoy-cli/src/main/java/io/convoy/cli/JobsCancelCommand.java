package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

@Parameters(commandDescription = "Have long work end and undo what it has begun")
@Usage(arguments = "<job>", examples = "convoy jobs cancel 3fa0b1c2")
final class JobsCancelCommand implements Command {
  @Parameter(description = "Its ID, as 'convoy jobs' shows it")
  List<String> arguments = new ArrayList<>();

  @Override
  public void run(Session session) throws MisuseException, IOException {
    String id = Arguments.one(arguments, "jobs cancel", "job");
    session.ask("POST", "/v2/jobs/cancel", new JsonText().with("ID", id));
  }
}
