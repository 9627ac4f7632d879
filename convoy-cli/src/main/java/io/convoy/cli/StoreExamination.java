package io.convoy.cli;

import io.convoy.core.BackupDestination;
import io.convoy.core.ByteSize;
import io.convoy.core.Finding;
import io.convoy.core.Finding.Severity;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;

/** What is at a destination of backups and should not be: blocks without a backup, and locks. */
final class StoreExamination {
  private final BackupDestination destination;

  StoreExamination(BackupDestination destination) {
    this.destination = destination;
  }

  /** Adds what is found; with {@code repair}, what can be cleared away is, and told. */
  void examine(Session session, boolean repair, List<Finding> findings, List<String> repaired)
      throws MisuseException {
    String gc = "convoy backup gc '%s'".formatted(destination);
    JsonObject report;
    try {
      report =
          JsonObject.parse(
              session.longCall(
                  "POST",
                  "/v2/backups/gc",
                  new JsonText()
                      .with("URL", destination.toString())
                      .with("Endpoint", destination.endpoint().orElse(""))
                      .with("DryRun", !repair)));
    } catch (IOException e) {
      findings.add(
          new Finding(
              Severity.ERROR,
              "%s can't be examined: %s".formatted(destination, e.getMessage()),
              "convoy target test '%s'".formatted(destination)));
      return;
    }
    OptionalLong objects = report.number("Objects");
    if (objects.orElse(0) > 0) {
      String what =
          "%s %s at %s, %s"
              .formatted(
                  objects.getAsLong(),
                  objects.getAsLong() == 1 ? "object" : "objects",
                  destination,
                  new ByteSize(report.number("Bytes").orElse(0)));
      if (repair) {
        repaired.add("Deleted what no backup needs: " + what);
      } else {
        findings.add(new Finding(Severity.WARNING, "No backup needs " + what, gc));
      }
    }
    for (String skipped : report.texts("Skipped")) {
      findings.add(
          new Finding(
              Severity.NOTE, "%s: %s".formatted(destination, skipped), "when that is done: " + gc));
    }
  }
}
