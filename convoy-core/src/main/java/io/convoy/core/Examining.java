package io.convoy.core;

import static java.lang.System.Logger.Level.WARNING;

import io.convoy.core.Finding.Severity;
import java.io.IOException;
import java.lang.System.Logger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds out what is not as it should be, from the records and from all drivers. */
final class Examining {
  private static final Logger LOGGER = System.getLogger(Examining.class.getName());

  private final Drivers drivers;
  private final RecordExamination records;

  Examining(Drivers drivers, RecordExamination records) {
    this.drivers = drivers;
    this.records = records;
  }

  /**
   * Returns all findings.
   *
   * @param problems what is known already
   */
  List<Finding> examine(List<String> problems) {
    List<Finding> findings = new ArrayList<>(records.examine());
    List<String> told = findings.stream().map(Finding::what).toList();
    for (String problem : problems) {
      if (!told.contains(problem)) {
        findings.add(
            new Finding(Severity.ERROR, problem, "mend what it names, then restart the daemon"));
      }
    }
    for (Map.Entry<String, VolumeDriver> driver : drivers.all().entrySet()) {
      Optional<Examination> examination = driver.getValue().examination();
      if (examination.isPresent()) {
        try {
          findings.addAll(examination.get().examine());
        } catch (IOException e) {
          findings.add(
              new Finding(
                  Severity.ERROR,
                  "Driver '%s' can't be examined: %s".formatted(driver.getKey(), e.getMessage()),
                  "mend what it names, then ask again"));
        }
      }
    }
    return List.copyOf(findings);
  }

  /** Returns what was done; a driver where nothing can be done now keeps no other waiting. */
  List<String> repair() throws IOException {
    List<String> done = new ArrayList<>(records.repair());
    for (Map.Entry<String, VolumeDriver> driver : drivers.all().entrySet()) {
      Optional<Examination> examination = driver.getValue().examination();
      if (examination.isPresent()) {
        try {
          done.addAll(examination.get().repair());
        } catch (IOException e) {
          // What is left is found again.
          LOGGER.log(
              WARNING, "Driver ''{0}'' is not repaired: {1}", driver.getKey(), e.getMessage());
        }
      }
    }
    return List.copyOf(done);
  }
}
