package io.convoy.devmapper;

import io.convoy.core.testing.KernelLab;
import io.convoy.core.testing.LabTests;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Runs the tests tagged {@code kernel-lab} in one boot of the lab's kernel. */
class KernelLabIT {
  private static final Duration LIMIT = Duration.ofMinutes(30);

  @TestFactory
  List<DynamicTest> labTests_onARealKernel_pass() throws Exception {
    KernelLab.require();
    return LabTests.run(
        Path.of("target/lab"),
        LIMIT,
        List.of(),
        List.of(),
        List.of(),
        KernelLabIT.class.getPackageName(),
        System.getProperty("convoy.lab.tests", ".*LabTest"));
  }
}
