package io.convoy.cli;

import com.beust.jcommander.Parameters;
import com.beust.jcommander.ParametersDelegate;
import java.io.IOException;

@Parameters(
    commandDescription = "List long work that the daemon does, and what became of the last of it")
@Usage(examples = {"convoy jobs", "convoy jobs --format json"})
final class JobsCommand implements Command {
  @ParametersDelegate AnswerFormat format = new AnswerFormat();

  @Override
  public void run(Session session) throws MisuseException, IOException {
    boolean table = format.isTable(session.terminal());
    String answer = session.daemon().call("GET", "/v2/jobs/list", "");
    session.answer(table ? Tables.jobs(JsonObject.parse(answer), session.terminal()) : answer);
  }
}
