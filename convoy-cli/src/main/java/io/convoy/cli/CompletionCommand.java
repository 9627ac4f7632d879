package io.convoy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

@Parameters(commandDescription = "Print a script that completes commands in bash or zsh")
@Usage(
    arguments = "<bash|zsh>",
    examples = {
      "convoy completion bash > /etc/bash_completion.d/convoy",
      "convoy completion zsh > /usr/local/share/zsh/site-functions/_convoy"
    })
final class CompletionCommand implements Command {
  private static final List<String> SHELLS = List.of("bash", "zsh");

  @Parameter(
      description = "The shell; names of volumes, snapshots and backups come from the daemon")
  List<String> arguments = new ArrayList<>();

  @Override
  public void run(Session session) throws MisuseException, IOException {
    String shell = Arguments.one(arguments, "completion", "bash|zsh");
    if (!SHELLS.contains(shell)) {
      throw new MisuseException(
          "There is no completion for '%s': expected bash or zsh".formatted(shell));
    }
    try (InputStream script = CompletionCommand.class.getResourceAsStream("completion." + shell)) {
      if (script == null) {
        throw new IllegalStateException("completion." + shell + " is missing from the jar");
      }
      session.answer(new String(script.readAllBytes(), UTF_8));
    }
  }
}
