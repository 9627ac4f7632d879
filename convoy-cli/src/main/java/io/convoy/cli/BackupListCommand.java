package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import com.beust.jcommander.ParametersDelegate;
import io.convoy.core.BackupDestination;
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

  @Placeholder("volume")
  @Parameter(
      names = "--volume-name",
      description = "Only the backups of volumes of this name",
      defaultValueDescription = "backups of all volumes")
  String volume = "";

  @Placeholder("endpoint")
  @Parameter(
      names = "--s3-endpoint",
      description = "The S3 server to ask",
      defaultValueDescription = "Amazon's")
  String endpoint = "";

  @ParametersDelegate AnswerFormat format = new AnswerFormat();

  @Override
  public void run(Session session) throws MisuseException, IOException {
    BackupDestination destination =
        Destinations.of(Arguments.one(arguments, "backup list", "destination"), endpoint, session);
    boolean table = format.isTable(session.terminal());
    JsonText body =
        new JsonText()
            .with("URL", destination.toString())
            .with("Endpoint", destination.endpoint().orElse(""))
            .with("VolumeName", volume.isEmpty() ? "" : Arguments.volume(volume));
    String answer = session.daemon().call("GET", "/v1/backups/list", body.toString());
    session.answer(table ? Tables.backups(JsonObject.parse(answer), session.terminal()) : answer);
  }
}
