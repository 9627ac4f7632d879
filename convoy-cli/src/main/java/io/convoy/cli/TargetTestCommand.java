package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import io.convoy.core.BackupDestination;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

@Parameters(commandDescription = "Write, read, list and delete a small object, say what works")
@Usage(
    arguments = "<destination>",
    examples = {"convoy target test minio1", "convoy target test vfs:///mnt/nas/backups/"})
final class TargetTestCommand implements Command {
  @Parameter(description = "The target's name, or a URL; needs no daemon")
  List<String> arguments = new ArrayList<>();

  @Override
  public void run(Session session) throws MisuseException, IOException {
    BackupDestination destination =
        Destinations.of(Arguments.one(arguments, "target test", "destination"), "", session);
    session.answer(String.join("\n", Image.tryOut(destination)));
  }
}
