package io.convoy.core;

import io.convoy.core.Finding.Severity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks all drivers what is not as it should be. */
final class Examining {
  private final Drivers drivers;

  Examining(Drivers drivers) {
    this.drivers = drivers;
  }

  /**
   * Returns all findings.
   *
   * @param problems what is known already
   */
  List<Finding> examine(List<String> problems) {
    List<Finding> findings = new ArrayList<>();
    for (String problem : problems) {
      findings.add(
          new Finding(Severity.ERROR, problem, "mend what it names, then restart the daemon"));
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

  List<String> repair() throws IOException {
    List<String> done = new ArrayList<>();
    for (VolumeDriver driver : drivers.all().values()) {
      Optional<Examination> examination = driver.examination();
      if (examination.isPresent()) {
        done.addAll(examination.get().repair());
      }
    }
    return List.copyOf(done);
  }
}
