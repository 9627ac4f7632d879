package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import io.convoy.core.BackupDestination;
import io.convoy.core.BackupOptions;
import io.convoy.core.Extent;
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

  @Placeholder("destination")
  @Parameter(
      names = "--dest",
      description = "Where to",
      defaultValueDescription = "for a snapshot of ebs, at Amazon; else it is needed")
  String destination = "";

  @Placeholder("endpoint")
  @Parameter(
      names = "--s3-endpoint",
      description = "The S3 server to ask",
      defaultValueDescription = "Amazon's")
  String endpoint = "";

  @Placeholder("file")
  @Parameter(
      names = "--image",
      description = "Back up this file in place of a snapshot; needs no daemon",
      defaultValueDescription = "none, a snapshot is backed up")
  String image = "";

  @Placeholder("volume")
  @Parameter(
      names = "--volume",
      description = "The name under which the image is backed up",
      defaultValueDescription = "none, --image needs it")
  String volume = "";

  @Placeholder("file")
  @Parameter(
      names = "--changed-extents",
      description =
          "A file of lines '<offset> <length>' in bytes: what changed since the last backup",
      defaultValueDescription = "none, the whole image is read")
  String changedExtents = "";

  @Placeholder("native|v0.5.2")
  @Parameter(
      names = "--format",
      description = "Who shall be able to restore it: native, this Convoy; v0.5.2, that one too",
      defaultValueDescription = "as the daemon was started, else native")
  String format = "";

  @Placeholder("zstd|lz4|gzip|none")
  @Parameter(
      names = "--compression",
      description = "How it is compressed: zstd, lz4, gzip or none; v0.5.2 knows gzip alone",
      defaultValueDescription = "as the daemon was started, else zstd; gzip for v0.5.2")
  String compression = "";

  @Parameter(
      names = "--detach",
      description = "Print the ID of the work at once and let it go on; see 'convoy jobs'")
  boolean detach;

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
    JsonText body = new JsonText();
    if (destination.isEmpty()) {
      body.with("Endpoint", Arguments.endpoint(endpoint));
    } else {
      BackupDestination where = Destinations.of(destination, endpoint, session);
      body.with("URL", where.toString()).with("Endpoint", where.endpoint().orElse(""));
    }
    session.begin(
        "POST",
        "/v1/backups/create",
        body.with("SnapshotName", snapshot)
            .with("Format", format)
            .with("Compression", compression)
            .with("Verbose", session.global().verbose)
            .with("Detach", detach),
        detach);
  }

  private void backUpImage(Session session) throws MisuseException, IOException {
    if (detach) {
      throw new MisuseException("--detach goes with a snapshot only: no daemon reads an image");
    }
    if (volume.isEmpty() || destination.isEmpty() || !arguments.isEmpty()) {
      throw new MisuseException(
          "'convoy backup create --image <file>' needs --volume <name> and --dest <url>, and no"
              + " snapshot");
    }
    try {
      Path file = Path.of(image);
      VolumeName name = new VolumeName(volume);
      BackupDestination where = Destinations.of(destination, endpoint, session);
      Optional<List<Extent>> changed =
          changedExtents.isEmpty()
              ? Optional.empty()
              : Optional.of(Image.readExtents(Path.of(changedExtents)));
      BackupOptions options =
          new BackupOptions(Arguments.optional(format), Arguments.optional(compression));
      session.answer(
          session
              .longWork(progress -> Image.backUp(file, name, where, changed, options, progress))
              .toString());
    } catch (IllegalArgumentException e) {
      throw new MisuseException(e);
    }
  }
}
