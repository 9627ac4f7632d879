package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import io.convoy.core.BackupDestination;
import io.convoy.core.BackupOptions;
import io.convoy.core.Progress;
import io.convoy.core.VolumeName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

@Parameters(commandDescription = "Back up a snapshot and print the backup's URL")
@Usage(
    arguments = "<snapshot>",
    examples = {
      "convoy backup create snap1vol1 --dest vfs:///opt/backup/",
      "convoy backup --s3-endpoint http://s3.example.com:9000/ create snap1vol1 --dest"
          + " s3://bucket@us-west-2/",
      "convoy backup create --image disk.img --volume vol1 --dest vfs:///opt/backup/"
    })
final class BackupCreateCommand implements Command {
  @Parameter(description = "The snapshot's name")
  List<String> arguments = new ArrayList<>();

  @Parameter(
      names = "--dest",
      description =
          "Where to: vfs:///path/ or s3://bucket@region/path/; without it, a snapshot of ebs stays at Amazon")
  String destination = "";

  @Parameter(names = "--s3-endpoint", description = "The S3 server, if it is not Amazon's")
  String endpoint = "";

  @Parameter(
      names = "--image",
      description = "Back up this file in place of a snapshot; needs no daemon")
  String image = "";

  @Parameter(names = "--volume", description = "The name under which the image is backed up")
  String volume = "";

  @Parameter(
      names = "--changed-extents",
      description = "A file of lines '<offset> <length>': what changed since the last backup")
  String changedExtents = "";

  @Parameter(
      names = "--format",
      description = "Who shall be able to restore it: native, this Convoy; v0.5.2, that one too")
  String format = "";

  @Parameter(
      names = "--compression",
      description = "How it is compressed: zstd, lz4, gzip or none; v0.5.2 knows gzip alone")
  String compression = "";

  @Override
  public void run(Session session) throws MisuseException, IOException {
    if (!image.isEmpty()) {
      backUpImage(session);
      return;
    }
    if (!volume.isEmpty() || !changedExtents.isEmpty()) {
      throw new MisuseException("--volume and --changed-extents go with --image <file> only");
    }
    String snapshot = Arguments.snapshot(Arguments.one(arguments, "backup create", "snapshot"));
    session.askLong(
        "POST",
        "/v1/backups/create",
        new JsonText()
            .with("URL", destination.isEmpty() ? "" : Arguments.destination(destination))
            .with("Endpoint", Arguments.endpoint(endpoint))
            .with("SnapshotName", snapshot)
            .with("Format", format)
            .with("Compression", compression)
            .with("Verbose", session.global().verbose));
  }

  private void backUpImage(Session session) throws MisuseException, IOException {
    if (volume.isEmpty() || destination.isEmpty() || !arguments.isEmpty()) {
      throw new MisuseException(
          "'convoy backup create --image <file>' needs --volume <name> and --dest <url>, and no"
              + " snapshot");
    }
    try {
      session.answer(
          Image.backUp(
                  Path.of(image),
                  new VolumeName(volume),
                  BackupDestination.parse(destination)
                      .withEndpoint(Optional.of(Arguments.endpoint(endpoint))),
                  changedExtents.isEmpty()
                      ? Optional.empty()
                      : Optional.of(Image.readExtents(Path.of(changedExtents))),
                  new BackupOptions(Arguments.optional(format), Arguments.optional(compression)),
                  Progress.NONE)
              .toString());
    } catch (IllegalArgumentException e) {
      throw new MisuseException(e);
    }
  }
}
