package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

@Parameters(commandDescription = "Delete a backup; all others stay whole")
@Usage(
    arguments = "<backup-url>",
    examples = "convoy backup delete 'vfs:///opt/backup/?backup=backup-…&volume=vol1'")
final class BackupDeleteCommand implements Command {
  @Parameter(description = "The backup's URL, as 'convoy backup create' printed it; quote it")
  List<String> arguments = new ArrayList<>();

  @Placeholder("endpoint")
  @Parameter(
      names = "--s3-endpoint",
      description = "The S3 server to ask",
      defaultValueDescription = "Amazon's")
  String endpoint = "";

  @Override
  public void run(Session session) throws MisuseException, IOException {
    String url = Arguments.backup(Arguments.one(arguments, "backup delete", "backup-url"));
    session.ask(
        "DELETE",
        "/v1/backups",
        new JsonText().with("URL", url).with("Endpoint", Arguments.endpoint(endpoint)));
  }
}
