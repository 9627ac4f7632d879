package io.convoy.core.testing;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** Runs tests in one boot of the kernel lab, and tells of each as of a test here. */
public final class LabTests {
  private static final String TAG = "kernel-lab";
  private static final String LAUNCHER = "org.junit.platform.console.ConsoleLauncher";

  private LabTests() {}

  /**
   * Runs the tests of a package and those below it that are tagged {@code kernel-lab}.
   *
   * @param job where the lab leaves its output
   * @param disks the images of its disks
   * @param prefix the words of a command that takes the tests' as its arguments; often empty
   * @param options of the JVM that runs the tests
   * @param classNames a regular expression for the names of the test classes
   */
  public static List<DynamicTest> run(
      Path job,
      Duration limit,
      List<Path> disks,
      List<String> prefix,
      List<String> options,
      String testPackage,
      String classNames)
      throws IOException, InterruptedException {
    Path reports = job.resolve("reports").toAbsolutePath();
    deleteOld(reports);
    List<String> arguments = new ArrayList<>();
    arguments.addAll(
        List.of("execute", "--disable-banner", "--disable-ansi-colors", "--details=tree"));
    arguments.addAll(List.of("--fail-if-no-tests", "--include-tag=" + TAG));
    arguments.add("--include-engine=junit-jupiter");
    arguments.add("--select-package=" + testPackage);
    arguments.add("--include-classname=" + classNames);
    arguments.add("--reports-dir=" + reports);
    List<String> command = new ArrayList<>(prefix);
    command.addAll(KernelLab.java(options, LAUNCHER, arguments));
    int status;
    Process lab = KernelLab.start(job, limit, disks, command);
    try (InputStream output = lab.getInputStream()) {
      output.transferTo(System.out);
      status = lab.waitFor();
    } finally {
      lab.destroy();
    }
    return testsOf(reports, status);
  }

  private static void deleteOld(Path reports) throws IOException {
    if (Files.isDirectory(reports)) {
      try (DirectoryStream<Path> old = Files.newDirectoryStream(reports)) {
        for (Path file : old) {
          Files.delete(file);
        }
      }
    }
  }

  private static List<DynamicTest> testsOf(Path reports, int status) throws IOException {
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

  private static void addTests(Path report, List<DynamicTest> tests) throws IOException {
    NodeList cases;
    try {
      cases =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(report.toFile())
              .getDocumentElement()
              .getElementsByTagName("testcase");
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException("can't read the report %s".formatted(report), e);
    }
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
