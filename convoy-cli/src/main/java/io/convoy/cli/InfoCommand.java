package io.convoy.cli;

import com.beust.jcommander.Parameters;
import java.io.IOException;

@Parameters(commandDescription = "Show the daemon's settings, drivers and troubles")
@Usage(examples = "convoy info")
final class InfoCommand implements Command {
  @Override
  public void run(Session session) throws MisuseException, IOException {
    session.answer(session.daemon().call("GET", "/v1/info", ""));
  }
}
