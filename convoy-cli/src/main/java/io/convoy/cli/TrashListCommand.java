package io.convoy.cli;

import com.beust.jcommander.Parameters;
import com.beust.jcommander.ParametersDelegate;
import java.io.IOException;

@Parameters(commandDescription = "List the deleted volumes whose data is kept")
@Usage(examples = "convoy trash list")
final class TrashListCommand implements Command {
  @ParametersDelegate AnswerFormat format = new AnswerFormat();

  @Override
  public void run(Session session) throws MisuseException, IOException {
    boolean table = format.isTable(session.terminal());
    String answer = session.daemon().call("GET", "/v2/trash/list", new JsonText().toString());
    session.answer(table ? Tables.trash(JsonObject.parse(answer), session.terminal()) : answer);
  }
}
