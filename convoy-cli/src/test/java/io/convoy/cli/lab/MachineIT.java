package io.convoy.cli.lab;

import io.convoy.cli.host.TestHost;
import io.convoy.core.testing.KernelLab;
import io.convoy.core.testing.LabTests;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Runs the tests tagged {@code kernel-lab} in one boot of a machine in the kernel lab. */
final class MachineIT {
  private static final Duration LIMIT = Duration.ofMinutes(60);

  @TempDir Path directory;

  @TestFactory
  List<DynamicTest> labTests_onARealKernel_pass() throws Exception {
    KernelLab.require();
    TestHost.requireDocker();
    // Beside its own, a disk for backups and one that is empty.
    Machine machine =
        new Machine(
            directory,
            Machine.backupDisk(directory.resolve("backups")),
            Machine.emptyDisk(directory.resolve("empty")));
    return LabTests.run(
        Path.of("target/lab"),
        LIMIT,
        machine.disks(),
        Machine.prefix(),
        // The disk has room for files that /run, which is in memory, has not.
        List.of(
            "-Djava.io.tmpdir=/var/tmp",
            "-Dconvoy.lab.long=" + System.getProperty("convoy.lab.long"),
            "-Dconvoy.lab.seed=" + System.getProperty("convoy.lab.seed")),
        "io.convoy.cli",
        System.getProperty("convoy.lab.tests", ".*LabTest"));
  }
}
