package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

@Parameters(commandDescription = "Destroy deleted volumes whose data is kept, all or some")
@Usage(
    arguments = "[<volume or ID>...]",
    examples = {
      "convoy trash empty",
      "convoy trash empty vol1",
      "convoy trash empty --older-than 1d"
    })
final class TrashEmptyCommand implements Command {
  @Parameter(description = "The names that they had, or their IDs in the trash; none means all")
  List<String> arguments = new ArrayList<>();

  @Placeholder("age")
  @Parameter(
      names = "--older-than",
      description = "Only what was deleted that long ago",
      defaultValueDescription = "none, all are destroyed")
  String olderThan = "";

  @Override
  public void run(Session session) throws MisuseException, IOException {
    session.askLong(
        "POST",
        "/v2/trash/empty",
        new JsonText().with("Volumes", arguments).with("OlderThan", Arguments.age(olderThan)));
  }
}
