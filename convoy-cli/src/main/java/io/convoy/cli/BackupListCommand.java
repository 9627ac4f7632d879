package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

@Parameters(commandDescription = "List the backups at a destination")
@Usage(
    arguments = "<destination>",
    examples = {
      "convoy backup list vfs:///opt/backup/",
      "convoy backup list s3://bucket@us-west-2/ --volume-name vol1"
    })
final class BackupListCommand implements Command {
  @Parameter(description = "The destination's URL")
  List<String> arguments = new ArrayList<>();

  @Parameter(names = "--volume-name", description = "Only the backups of volumes of this name")
  String volume = "";

  @Parameter(names = "--s3-endpoint", description = "The S3 server, if it is not Amazon's")
  String endpoint = "";

  @Override
  public void run(Session session) throws MisuseException, IOException {
    String url = Arguments.destination(Arguments.one(arguments, "backup list", "destination"));
    session.ask(
        "GET",
        "/v1/backups/list",
        new JsonText()
            .with("URL", url)
            .with("Endpoint", Arguments.endpoint(endpoint))
            .with("VolumeName", volume.isEmpty() ? "" : Arguments.volume(volume)));
  }
}
