package io.convoy.devmapper;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.testing.Environment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.engine.JupiterTestEngine;
import org.junit.platform.console.ConsoleLauncher;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** Runs the tests tagged {@code kernel-lab} in one boot of the lab's kernel. */
class KernelLabIT {
  private static final Duration LIMIT = Duration.ofMinutes(15);
  private static final Path LAB = Path.of("src/test/lab/lab");
  private static final Path JOB = Path.of("target/lab");
  private static final String PACKAGES =
      "needs programs: apt-get install user-mode-linux kmod util-linux e2fsprogs xfsprogs thin-provisioning-tools libdevmapper1.02.1";

  @TestFactory
  List<DynamicTest> labTests_onARealKernel_pass() throws Exception {
    for (String program :
        List.of("linux.uml", "modprobe", "losetup", "mkfs.ext4", "mkfs.xfs", "thin_delta")) {
      Environment.require(isInstalled(program), PACKAGES);
    }
    Path reports = JOB.resolve("reports").toAbsolutePath();
    int status = runInLab(reports);

    List<DynamicTest> tests = new ArrayList<>();
    tests.add(
        DynamicTest.dynamicTest(
            "the run in the lab",
            () -> {
              assertThat(status).as("exit status of %s; its output is above", LAB).isZero();
              assertThat(tests).as("tests reported by the run in the lab").hasSizeGreaterThan(1);
            }));
    if (Files.isDirectory(reports)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(reports, "TEST-*.xml")) {
        for (Path file : files) {
          addTests(file, tests);
        }
      }
    }
    return tests;
  }

  private static boolean isInstalled(String program) {
    return List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
        .stream()
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  private static int runInLab(Path reports) throws IOException, InterruptedException {
    if (Files.isDirectory(reports)) {
      try (DirectoryStream<Path> old = Files.newDirectoryStream(reports)) {
        for (Path file : old) {
          Files.delete(file);
        }
      }
    }
    List<String> command = new ArrayList<>();
    command.addAll(List.of(LAB.toAbsolutePath().toString(), "-w", "-j", JOB.toString()));
    command.addAll(List.of("-t", Long.toString(LIMIT.toSeconds()), "--"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Only /run can be written in the lab; one processor makes the plainest of everything best.
    command.addAll(List.of("-Djava.io.tmpdir=/run/tmp", "-XX:-UsePerfData", "-XX:+UseSerialGC"));
    command.addAll(List.of("-ea", "-Xmx512m", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(ConsoleLauncher.class.getName(), "execute"));
    command.addAll(List.of("--disable-banner", "--disable-ansi-colors", "--details=tree"));
    command.addAll(List.of("--fail-if-no-tests", "--include-tag=kernel-lab"));
    command.add("--include-engine=" + new JupiterTestEngine().getId());
    command.add("--select-package=" + KernelLabIT.class.getPackageName());
    command.add("--include-classname=" + System.getProperty("convoy.lab.tests", ".*LabTest"));
    command.add("--reports-dir=" + reports);
    // Its input stays open as long as this process lives, and the lab no longer than that.
    Process lab = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (InputStream output = lab.getInputStream()) {
      output.transferTo(System.out);
      return lab.waitFor();
    } finally {
      lab.destroy();
    }
  }

  private static void addTests(Path report, List<DynamicTest> tests)
      throws IOException, ParserConfigurationException, SAXException {
    Element suite =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(report.toFile())
            .getDocumentElement();
    NodeList cases = suite.getElementsByTagName("testcase");
    for (int i = 0; i < cases.getLength(); i++) {
      Element test = (Element) cases.item(i);
      String name =
          test.getAttribute("classname").replaceAll(".*\\.", "") + "." + test.getAttribute("name");
      tests.add(DynamicTest.dynamicTest(name, () -> assertPassed(test)));
    }
  }

  private static void assertPassed(Element test) {
    for (String outcome : List.of("failure", "error")) {
      NodeList failures = test.getElementsByTagName(outcome);
      if (failures.getLength() > 0) {
        Assertions.fail(failures.item(0).getTextContent());
      }
    }
    NodeList skipped = test.getElementsByTagName("skipped");
    if (skipped.getLength() > 0) {
      Environment.require(false, "skipped in the lab: " + skipped.item(0).getTextContent());
    }
  }
}
