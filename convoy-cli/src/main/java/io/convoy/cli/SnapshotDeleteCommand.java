package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

@Parameters(commandDescription = "Delete a snapshot; its backups stay")
@Usage(arguments = "<snapshot>", examples = "convoy snapshot delete snap1vol1")
final class SnapshotDeleteCommand implements Command {
  @Parameter(description = "The snapshot's name")
  List<String> arguments = new ArrayList<>();

  @Override
  public void run(Session session) throws MisuseException, IOException {
    String name = Arguments.snapshot(Arguments.one(arguments, "snapshot delete", "snapshot"));
    session.ask("DELETE", "/v1/snapshots/", new JsonText().with("SnapshotName", name));
  }
}
