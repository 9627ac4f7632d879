package io.convoy.cli;

import com.beust.jcommander.Parameters;
import java.io.IOException;

@Parameters(commandDescription = "Back up and restore some thousand files, in a temporary folder")
@Usage(examples = "convoy demo")
final class DemoCommand implements Command {
  @Override
  public void run(Session session) throws MisuseException, IOException {
    try (Demo demo = Demo.open(session)) {
      demo.run();
    }
  }
}
