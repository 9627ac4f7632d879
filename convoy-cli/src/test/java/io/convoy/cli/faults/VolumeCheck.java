package io.convoy.cli.faults;

import io.convoy.cli.faults.FaultReport.Wrong;
import java.util.List;

/** Looks for volumes that no client knows. */
final class VolumeCheck {
  private final List<Client> clients;
  private final FaultReport report;

  VolumeCheck(List<Client> clients, FaultReport report) {
    this.clients = clients;
    this.report = report;
  }

  void check() throws InterruptedException {
    clients
        .get(0)
        .asking()
        .find("list", "/v1/volumes/list", DaemonCall.object())
        .value()
        .orElseThrow()
        .fieldNames()
        .forEachRemaining(
            name -> {
              boolean known =
                  clients.stream().anyMatch(each -> each.model().volumes.containsKey(name));
              // A probe that failed may have made its volume, and is not told so.
              if (!known && !name.startsWith("probe")) {
                report.wrong(Wrong.UNASKED, "volume %s is there".formatted(name));
              }
            });
  }
}
