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
  private static final Duration LIMIT = Duration.ofMinutes(30);
  private static final Path JOB = Path.of("target/lab");

  @TestFactory
  List<DynamicTest> labTests_onARealKernel_pass() throws Exception {
    Lab.require();
    Path reports = JOB.resolve("reports").toAbsolutePath();
    int status = runInLab(reports);

    List<DynamicTest> tests = new ArrayList<>();
    tests.add(
        DynamicTest.dynamicTest(
            "the run in the lab",
            () -> {
              assertThat(status).as("exit status of the lab; its output is above").isZero();
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

  private static int runInLab(Path reports) throws IOException, InterruptedException {
    if (Files.isDirectory(reports)) {
      try (DirectoryStream<Path> old = Files.newDirectoryStream(reports)) {
        for (Path file : old) {
          Files.delete(file);
        }
      }
    }
    List<String> arguments = new ArrayList<>();
    arguments.addAll(
        List.of("execute", "--disable-banner", "--disable-ansi-colors", "--details=tree"));
    arguments.addAll(List.of("--fail-if-no-tests", "--include-tag=kernel-lab"));
    arguments.add("--include-engine=" + new JupiterTestEngine().getId());
    arguments.add("--select-package=" + KernelLabIT.class.getPackageName());
    arguments.add("--include-classname=" + System.getProperty("convoy.lab.tests", ".*LabTest"));
    arguments.add("--reports-dir=" + reports);
    Process lab = Lab.start(JOB, LIMIT, List.of(), ConsoleLauncher.class.getName(), arguments);
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
