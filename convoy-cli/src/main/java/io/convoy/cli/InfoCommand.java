package io.convoy.cli;

import com.beust.jcommander.Parameters;
import com.beust.jcommander.ParametersDelegate;
import java.io.IOException;

@Parameters(commandDescription = "Show the daemon's settings, drivers and troubles")
@Usage(examples = {"convoy info", "convoy info --format json"})
final class InfoCommand implements Command {
  @ParametersDelegate AnswerFormat format = new AnswerFormat();

  @Override
  public void run(Session session) throws MisuseException, IOException {
    boolean page = format.isTable(session.terminal());
    String answer = session.daemon().call("GET", "/v1/info", "");
    session.answer(page ? InfoPage.of(JsonObject.parse(answer), session.terminal()) : answer);
  }
}
