package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

@Parameters(commandDescription = "Show one volume and its snapshots")
@Usage(arguments = "<volume>", examples = "convoy inspect vol1")
final class InspectCommand implements Command {
  @Parameter(description = "The volume's name")
  List<String> arguments = new ArrayList<>();

  @Override
  public void run(Session session) throws MisuseException, IOException {
    String name = Arguments.volume(Arguments.one(arguments, "inspect", "volume"));
    session.ask("GET", "/v1/volumes/", new JsonText().with("VolumeName", name));
  }
}
