package io.convoy.cli.faults;

import io.convoy.core.testing.Environment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Directories, their snapshots and backups in a hostile world, checked to the last byte. */
final class VfsFaultsIT {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  @Test
  void run_daemonDisksAndS3Fail_losesNothingAndNeverLies() throws Exception {
    Environment.requireRoot();
    FaultLauncher launcher = new FaultLauncher(directory);
    // Processes and mounts of its own, which end with it.
    List<String> command =
        new ArrayList<>(
            List.of(
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "--pid",
                "--fork",
                "--kill-child",
                "--mount-proc"));
    command.addAll(launcher.main("host", Files.createDirectories(directory.resolve("host"))));

    launcher.assertClean(new ProcessBuilder(command).redirectErrorStream(true).start());
  }
}
