package io.convoy.cli;

import com.beust.jcommander.Parameters;
import java.io.IOException;

@Parameters(commandDescription = "List the deleted volumes whose data is kept")
@Usage(examples = "convoy trash list")
final class TrashListCommand implements Command {
  @Override
  public void run(Session session) throws MisuseException, IOException {
    session.ask("GET", "/v2/trash/list", new JsonText());
  }
}
