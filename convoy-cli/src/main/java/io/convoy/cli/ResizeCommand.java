package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

@Parameters(commandDescription = "Grow a volume and its file system, mounted or not")
@Usage(
    arguments = "<volume> <size>",
    examples = {"convoy resize vol1 20G"})
final class ResizeCommand implements Command {
  @Parameter(description = "The volume's name, and its new size in bytes or with K, M, G, T or P")
  List<String> arguments = new ArrayList<>();

  @Override
  public void run(Session session) throws MisuseException, IOException {
    if (arguments.size() != 2) {
      throw new MisuseException(
          "'convoy resize' takes a volume and a size, but was given %s: expected 'convoy resize <volume> <size>'"
              .formatted(
                  arguments.isEmpty() ? "nothing" : "'" + String.join("' '", arguments) + "'"));
    }
    String name = Arguments.volume(arguments.get(0));
    long size = Arguments.sizeBytes(arguments.get(1));
    if (size == 0) {
      throw new MisuseException(
          "Invalid size '%s': expected more than 0 bytes".formatted(arguments.get(1)));
    }
    session.askLong(
        "POST", "/v2/volumes/resize", new JsonText().with("VolumeName", name).with("Size", size));
  }
}
