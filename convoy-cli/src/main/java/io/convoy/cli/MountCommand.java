package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

@Parameters(commandDescription = "Mount a volume and print where")
@Usage(
    arguments = "<volume>",
    examples = {"convoy mount vol1", "convoy mount vol1 --mountpoint /mnt/vol1"})
final class MountCommand implements Command {
  @Parameter(description = "The volume's name")
  List<String> arguments = new ArrayList<>();

  @Placeholder("directory")
  @Parameter(
      names = "--mountpoint",
      description = "The directory to mount it on",
      defaultValueDescription = "one below the root of Convoy")
  String mountPoint = "";

  @Parameter(
      names = "--force",
      description = "Take it from an instance that is stopped or terminated (ebs)")
  boolean force;

  @Override
  public void run(Session session) throws MisuseException, IOException {
    String name = Arguments.volume(Arguments.one(arguments, "mount", "volume"));
    session.ask(
        "POST",
        "/v1/volumes/mount",
        new JsonText()
            .with("VolumeName", name)
            .with("MountPoint", mountPoint)
            .with("Force", force)
            .with("Verbose", session.global().verbose));
  }
}
