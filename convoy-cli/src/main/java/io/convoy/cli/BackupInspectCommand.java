package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

@Parameters(commandDescription = "Show one backup")
@Usage(
    arguments = "<backup-url>",
    examples = "convoy backup inspect 'vfs:///opt/backup/?backup=backup-…&volume=vol1'")
final class BackupInspectCommand implements Command {
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
    String url = Arguments.backup(Arguments.one(arguments, "backup inspect", "backup-url"));
    session.ask(
        "GET",
        "/v1/backups/inspect",
        new JsonText().with("URL", url).with("Endpoint", Arguments.endpoint(endpoint)));
  }
}
