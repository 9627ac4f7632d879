package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

@Parameters(commandDescription = "Back up a snapshot and print the backup's URL")
@Usage(
    arguments = "<snapshot>",
    examples = {
      "convoy backup create snap1vol1 --dest vfs:///opt/backup/",
      "convoy backup --s3-endpoint http://s3.example.com:9000/ create snap1vol1 --dest s3://bucket@us-west-2/"
    })
final class BackupCreateCommand implements Command {
  @Parameter(description = "The snapshot's name")
  List<String> arguments = new ArrayList<>();

  @Parameter(
      names = "--dest",
      description = "Where to: vfs:///path/ or s3://bucket@region/path/; not for ebs")
  String destination = "";

  @Parameter(names = "--s3-endpoint", description = "The S3 server, if it is not Amazon's")
  String endpoint = "";

  @Override
  public void run(Session session) throws MisuseException, IOException {
    String snapshot = Arguments.snapshot(Arguments.one(arguments, "backup create", "snapshot"));
    session.askLong(
        "POST",
        "/v1/backups/create",
        new JsonText()
            .with("URL", destination.isEmpty() ? "" : Arguments.destination(destination))
            .with("Endpoint", Arguments.endpoint(endpoint))
            .with("SnapshotName", snapshot)
            .with("Verbose", session.global().verbose));
  }
}
