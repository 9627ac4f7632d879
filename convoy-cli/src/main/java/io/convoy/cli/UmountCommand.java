package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

@Parameters(commandDescription = "Unmount a volume that no container uses")
@Usage(
    arguments = "<volume>",
    examples = {"convoy umount vol1", "convoy umount vol1 --force"})
final class UmountCommand implements Command {
  @Parameter(description = "The volume's name")
  List<String> arguments = new ArrayList<>();

  @Parameter(
      names = "--force",
      description = "Unmount it even if Docker said that containers use it")
  boolean force;

  @Override
  public void run(Session session) throws MisuseException, IOException {
    String name = Arguments.volume(Arguments.one(arguments, "umount", "volume"));
    session.ask(
        "POST", "/v1/volumes/umount", new JsonText().with("VolumeName", name).with("Force", force));
  }
}
