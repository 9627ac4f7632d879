package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import com.beust.jcommander.ParametersDelegate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

@Parameters(commandDescription = "Check a backup without restoring it")
@Usage(
    arguments = "<backup-url>",
    examples = {
      "convoy backup verify 'vfs:///opt/backup/?backup=backup-…&volume=vol1'",
      "convoy backup verify 'vfs:///opt/backup/?backup=backup-…&volume=vol1' --sample 5%"
    })
final class BackupVerifyCommand implements Command {
  @Parameter(description = "The backup's URL, as 'convoy backup create' printed it; quote it")
  List<String> arguments = new ArrayList<>();

  @Placeholder("endpoint")
  @Parameter(
      names = "--s3-endpoint",
      description = "The S3 server to ask",
      defaultValueDescription = "Amazon's")
  String endpoint = "";

  @Placeholder("list|sizes|data")
  @Parameter(
      names = "--level",
      description =
          "list: is everything there? sizes: is anything empty or too long? data: read it",
      defaultValueDescription = "data")
  String level = "";

  @Placeholder("percent")
  @Parameter(
      names = "--sample",
      description = "Read only so much of the data: which blocks, is left to chance",
      defaultValueDescription = "100%")
  String sample = "";

  @ParametersDelegate AnswerFormat format = new AnswerFormat();

  @Override
  public void run(Session session) throws MisuseException, IOException {
    String url = Arguments.backup(Arguments.one(arguments, "backup verify", "backup-url"));
    Arguments.verifyOptions(level, sample);
    boolean table = format.isTable(session.terminal());
    String answer =
        session.longCall(
            "POST",
            "/v2/backups/verify",
            new JsonText()
                .with("URL", url)
                .with("Endpoint", Arguments.endpoint(endpoint))
                .with("Level", level)
                .with("Sample", sample));
    JsonObject report = JsonObject.parse(answer);
    session.answer(table ? VerifyPage.of(report, session.terminal()) : answer);
    List<String> problems = report.texts("Problems");
    if (!problems.isEmpty()) {
      // Who reads the page has all of them before him.
      throw new IncompleteException(
          table
              ? "The backup is not whole"
              : "The backup is not whole: %s problems, the first: %s"
                  .formatted(problems.size(), problems.get(0)));
    }
  }
}
