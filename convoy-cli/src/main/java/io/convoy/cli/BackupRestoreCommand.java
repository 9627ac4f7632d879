package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import io.convoy.core.BackupUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

@Parameters(commandDescription = "Restore a block device's backup to an image file")
@Usage(
    arguments = "<backup-url>",
    examples =
        "convoy backup restore 'vfs:///opt/backup/?backup=backup-…&volume=vol1' --image disk.img")
final class BackupRestoreCommand implements Command {
  @Parameter(description = "The backup's URL, as 'convoy backup create' printed it; quote it")
  List<String> arguments = new ArrayList<>();

  @Placeholder("file")
  @Parameter(
      names = "--image",
      description = "The file to make",
      defaultValueDescription = "none, it is needed")
  String image = "";

  @Parameter(names = "--force", description = "Replace the file if there is one")
  boolean force;

  @Placeholder("endpoint")
  @Parameter(
      names = "--s3-endpoint",
      description = "The S3 server to ask",
      defaultValueDescription = "Amazon's")
  String endpoint = "";

  @Override
  public void run(Session session) throws MisuseException, IOException {
    String url = Arguments.backup(Arguments.one(arguments, "backup restore", "backup-url"));
    if (image.isEmpty()) {
      throw new MisuseException(
          "'convoy backup restore' needs --image <file>; 'convoy create --backup <backup-url>'"
              + " makes a volume");
    }
    BackupUrl backup = BackupUrl.parse(url).withEndpoint(Optional.of(Arguments.endpoint(endpoint)));
    try {
      Path file = Path.of(image);
      session.longWork(
          progress -> {
            Image.restore(backup, file, force, progress);
            return file;
          });
    } catch (IllegalArgumentException e) {
      throw new MisuseException(e);
    }
  }
}
