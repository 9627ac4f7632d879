package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

@Parameters(commandDescription = "Create a volume, empty or from a backup, and print its name")
@Usage(
    arguments = "[<volume>]",
    examples = {
      "convoy create vol1 --size 10G",
      "convoy create res1 --backup 'vfs:///opt/backup/?backup=backup-…&volume=vol1'"
    })
final class CreateCommand implements Command {
  @Parameter(description = "The volume's name; one is made up if there is none")
  List<String> arguments = new ArrayList<>();

  @Placeholder("driver")
  @Parameter(
      names = "--driver",
      description = "The storage to use",
      defaultValueDescription = "the daemon's first driver")
  String driver = "";

  @Placeholder("size")
  @Parameter(
      names = "--size",
      description = "The size, if the driver has sizes",
      defaultValueDescription = "the backup's, else the driver's default")
  String size = "";

  @Placeholder("backup-url")
  @Parameter(
      names = "--backup",
      description = "The backup to restore",
      defaultValueDescription = "none, the volume is empty")
  String backup = "";

  @Placeholder("endpoint")
  @Parameter(
      names = "--s3-endpoint",
      description = "The S3 server to ask",
      defaultValueDescription = "Amazon's")
  String endpoint = "";

  @Placeholder("id")
  @Parameter(
      names = "--id",
      description = "The ID of existing storage to use (ebs)",
      defaultValueDescription = "none, new storage is made")
  String id = "";

  @Placeholder("type")
  @Parameter(
      names = "--type",
      description = "The type of storage (ebs)",
      defaultValueDescription = "the driver's default")
  String type = "";

  @Placeholder("count")
  @Parameter(
      names = "--iops",
      description = "I/O operations per second to pay for (ebs)",
      defaultValueDescription = "Amazon's for the type")
  String iops = "";

  @Placeholder("count")
  @Parameter(
      names = "--throughput",
      description = "MiB per second to pay for; goes with --type gp3 (ebs)",
      defaultValueDescription = "Amazon's for the type")
  String throughput = "";

  @Parameter(
      names = "--copy",
      description = "Copy the backup's snapshot to this region, if it is in another one (ebs)")
  boolean copy;

  @Parameter(
      names = "--detach",
      description = "Print the ID of the work at once and let it go on; see 'convoy jobs'")
  boolean detach;

  @Parameter(names = "--vm", description = "Make the volume a disk image for a virtual machine")
  boolean vm;

  @Override
  public void run(Session session) throws MisuseException, IOException {
    String name = Arguments.atMostOne(arguments, "create", "volume");
    JsonText body =
        new JsonText()
            .with("Name", arguments.isEmpty() ? "" : Arguments.volume(name))
            .with("DriverName", driver)
            .with("Size", Arguments.sizeBytes(size))
            .with("BackupURL", backup.isEmpty() ? "" : Arguments.backup(backup))
            .with("Endpoint", Arguments.endpoint(endpoint))
            .with("DriverVolumeID", id)
            .with("Type", type)
            .with("IOPS", Arguments.count("--iops", iops))
            .with("Throughput", Arguments.count("--throughput", throughput))
            .with("CopySource", copy)
            .with("PrepareForVM", vm)
            .with("Verbose", session.global().verbose)
            .with("Detach", detach);
    session.begin("POST", "/v1/volumes/create", body, detach);
  }
}
