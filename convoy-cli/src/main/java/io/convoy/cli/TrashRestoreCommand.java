package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

@Parameters(commandDescription = "Bring back a deleted volume with its snapshots, print its name")
@Usage(
    arguments = "<volume or ID>",
    examples = {"convoy trash restore vol1", "convoy trash restore vol1 --name vol1-old"})
final class TrashRestoreCommand implements Command {
  @Parameter(description = "The name that the volume had, or its ID in the trash")
  List<String> arguments = new ArrayList<>();

  @Placeholder("name")
  @Parameter(
      names = "--name",
      description = "The name that it gets",
      defaultValueDescription = "the one that it had")
  String name = "";

  @Override
  public void run(Session session) throws MisuseException, IOException {
    String volume = Arguments.one(arguments, "trash restore", "volume or ID");
    session.askLong(
        "POST",
        "/v2/trash/restore",
        new JsonText()
            .with("Volume", volume)
            .with("Name", name.isEmpty() ? "" : Arguments.volume(name))
            .with("Verbose", session.global().verbose));
  }
}
