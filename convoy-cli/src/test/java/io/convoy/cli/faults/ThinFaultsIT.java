package io.convoy.cli.faults;

import io.convoy.core.testing.KernelLab;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Thin devices, their snapshots and backups in a hostile world, checked to the last byte. */
final class ThinFaultsIT {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  @Test
  void run_daemonDisksAndClockFail_losesNothingAndNeverLies() throws Exception {
    KernelLab.require();
    FaultLauncher launcher = new FaultLauncher(directory);
    Path job = Files.createDirectories(directory.resolve("lab"));
    List<Path> disks =
        List.of(
            launcher.disk("data", 1L << 30),
            launcher.disk("metadata", 16L << 20),
            launcher.disk("state", 32L << 20),
            launcher.disk("backups", 256L << 20));

    launcher.assertClean(KernelLab.start(job, launcher.limit(), disks, launcher.main("lab", job)));
  }
}
