package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

@Parameters(commandDescription = "Take a snapshot of a volume and print its name")
@Usage(
    arguments = "<volume>",
    examples = {"convoy snapshot create vol1 --name snap1vol1", "convoy snapshot create vol1"})
final class SnapshotCreateCommand implements Command {
  @Parameter(description = "The volume's name")
  List<String> arguments = new ArrayList<>();

  @Placeholder("name")
  @Parameter(
      names = "--name",
      description = "The name of the snapshot",
      defaultValueDescription = "one is made up")
  String name = "";

  @Override
  public void run(Session session) throws MisuseException, IOException {
    String volume = Arguments.volume(Arguments.one(arguments, "snapshot create", "volume"));
    session.askLong(
        "POST",
        "/v1/snapshots/create",
        new JsonText()
            .with("Name", name.isEmpty() ? "" : Arguments.snapshot(name))
            .with("VolumeName", volume)
            .with("Verbose", session.global().verbose));
  }
}
