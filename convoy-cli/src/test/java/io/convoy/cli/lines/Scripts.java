package io.convoy.cli.lines;

import io.convoy.cli.host.Finished;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs scripts for shells, which may leave programs running. */
final class Scripts {
  private static final long LIMIT_SECONDS = 180;

  private Scripts() {}

  /**
   * Runs a script, and returns when its shell has ended.
   *
   * @param prefix the words of a command that takes the shell's as its arguments
   * @param environment what is added to this process's
   * @param directory for what it prints
   */
  static Finished run(
      List<String> prefix, Map<String, String> environment, Path directory, String script)
      throws IOException {
    List<String> argv = new ArrayList<>(prefix);
    argv.addAll(List.of("sh", "-c", "cd /root\n" + script));
    // Files rather than pipes, which what is left running would hold open.
    Path output = Files.createTempFile(directory, "run", ".out");
    Path errors = Files.createTempFile(directory, "run", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(argv)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile());
    builder.environment().putAll(environment);
    builder.environment().put("LC_ALL", "C.UTF-8");
    Process process = builder.start();
    try {
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(
            "did not end in time: %s%n%s%s"
                .formatted(script, Files.readString(output), Files.readString(errors)));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return new Finished(
        List.of(script), process.exitValue(), Files.readString(output), Files.readString(errors));
  }
}
