package io.convoy.plugin;

import io.convoy.core.process.CommandRunner;
import io.convoy.core.process.RunningCommand;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Gives programs more time than their callers do. */
record PatientCommands(CommandRunner commands, Duration atLeast) implements CommandRunner {
  @Override
  public String run(List<String> argv, Duration limit) throws IOException {
    return commands.run(argv, limit.compareTo(atLeast) < 0 ? atLeast : limit);
  }

  @Override
  public RunningCommand start(List<String> argv) throws IOException {
    return commands.start(argv);
  }
}
