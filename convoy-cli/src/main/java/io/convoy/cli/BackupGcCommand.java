package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import io.convoy.core.BackupDestination;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

@Parameters(commandDescription = "Delete what no backup at a destination needs any more")
@Usage(
    arguments = "<destination>",
    examples = {
      "convoy backup gc vfs:///opt/backup/",
      "convoy backup gc vfs:///opt/backup/ --dry-run"
    })
final class BackupGcCommand implements Command {
  @Parameter(description = "The destination's URL")
  List<String> arguments = new ArrayList<>();

  @Parameter(names = "--dry-run", description = "Only count it, delete nothing")
  boolean dryRun;

  @Placeholder("endpoint")
  @Parameter(
      names = "--s3-endpoint",
      description = "The S3 server to ask",
      defaultValueDescription = "Amazon's")
  String endpoint = "";

  @Override
  public void run(Session session) throws MisuseException, IOException {
    BackupDestination destination =
        Destinations.of(Arguments.one(arguments, "backup gc", "destination"), endpoint, session);
    String answer =
        session.longCall(
            "POST",
            "/v2/backups/gc",
            new JsonText()
                .with("URL", destination.toString())
                .with("Endpoint", destination.endpoint().orElse(""))
                .with("DryRun", dryRun));
    session.answer(answer);
    tell(session, answer);
  }

  private void tell(Session session, String answer) throws IOException {
    JsonObject report = JsonObject.parse(answer);
    List<String> skipped = report.texts("Skipped");
    String line =
        "%s objects of %s bytes %s"
            .formatted(
                report.text("Objects"),
                report.text("Bytes"),
                dryRun ? "can be deleted" : "deleted");
    if (!skipped.isEmpty()) {
      throw new IncompleteException(
          "%s; %s volumes left as they are, the first: %s"
              .formatted(line, skipped.size(), skipped.get(0)));
    }
    if (session.terminal().err()) {
      session.say(line);
    }
  }
}
