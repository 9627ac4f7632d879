package io.convoy.cli.faults;

import io.convoy.core.testing.Environment;
import io.convoy.core.testing.KernelLab;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Directories on an NFS share, whose server goes away and comes back, checked to the last byte. */
final class NfsFaultsIT {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  @Test
  void run_daemonAndServerFail_losesNothingAndNeverLies() throws Exception {
    KernelLab.require();
    Environment.require(
        Files.isExecutable(Path.of("/usr/sbin/rpc.nfsd"))
            && Files.isExecutable(Path.of("/sbin/mount.nfs4")),
        "needs programs: apt-get install nfs-kernel-server nfs-common");
    FaultLauncher launcher = new FaultLauncher(directory);
    Path job = Files.createDirectories(directory.resolve("lab"));
    List<Path> disks =
        List.of(launcher.disk("state", 32L << 20), launcher.disk("backups", 256L << 20));

    launcher.assertClean(KernelLab.start(job, launcher.limit(), disks, launcher.main("nfs", job)));
  }
}
