package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import io.convoy.core.BackupDestination;
import io.convoy.core.Target;
import io.convoy.core.Targets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

@Parameters(commandDescription = "Give a destination of backups a name, and say how it is reached")
@Usage(
    arguments = "<name> <destination>",
    examples = {
      "convoy target add nas vfs:///mnt/nas/backups/",
      "convoy target add minio1 s3://bucket@us-east-1/path/ --s3-endpoint https://minio:9000/ --ca"
          + " /etc/convoy/minio.pem --credentials-file /etc/convoy/minio.credentials"
    })
final class TargetAddCommand implements Command {
  @Parameter(
      description = "The name, for --dest and where a destination's URL is taken, and the URL")
  List<String> arguments = new ArrayList<>();

  @Placeholder("endpoint")
  @Parameter(
      names = {"--s3-endpoint", "--endpoint"},
      description = "The S3 server to ask, also for backups' URLs below this one",
      defaultValueDescription = "Amazon's")
  String endpoint = "";

  @Placeholder("file")
  @Parameter(
      names = "--ca",
      description = "The CAs to trust, as PEM",
      defaultValueDescription = "$AWS_CA_BUNDLE, else Java's")
  String ca = "";

  @Placeholder("file")
  @Parameter(
      names = "--credentials-file",
      description = "Where the keys are, in the form of ~/.aws/credentials; only its path is kept",
      defaultValueDescription = "where the daemon finds some")
  String credentials = "";

  @Override
  public void run(Session session) throws MisuseException, IOException {
    if (arguments.size() != 2) {
      throw new MisuseException(
          "'convoy target add' needs a name and a URL: expected 'convoy target add <name>"
              + " <destination>'");
    }
    try {
      Targets.ofThisUser(session.environment())
          .add(
              new Target(
                  arguments.get(0),
                  BackupDestination.parse(arguments.get(1))
                      .withEndpoint(Optional.of(Arguments.endpoint(endpoint))),
                  absolute(ca),
                  absolute(credentials)));
    } catch (IllegalArgumentException e) {
      throw new MisuseException(e);
    }
    session.answer(arguments.get(0));
  }

  private static Optional<Path> absolute(String file) {
    return Arguments.optional(file).map(text -> Path.of(text).toAbsolutePath().normalize());
  }
}
