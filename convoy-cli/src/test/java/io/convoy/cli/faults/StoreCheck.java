package io.convoy.cli.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.cli.faults.FaultReport.Wrong;
import io.convoy.cli.faults.Model.Backup;
import io.convoy.cli.faults.Model.Phase;
import io.convoy.cli.faults.Model.Store;
import io.convoy.cli.faults.Model.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Compares what the stores have with what the clients know; all is well meanwhile. */
final class StoreCheck {
  private final Site site;
  private final List<Client> clients;
  private final Asking asking;
  private final FaultReport report;
  private int restored;

  StoreCheck(Site site, List<Client> clients, Asking asking, FaultReport report) {
    this.site = site;
    this.clients = clients;
    this.asking = asking;
    this.report = report;
  }

  private static ObjectNode at(Store store) {
    return DaemonCall.object().put("URL", store.url()).put("Endpoint", store.endpoint());
  }

  private static ObjectNode at(Backup backup) {
    return DaemonCall.object().put("URL", backup.url).put("Endpoint", backup.store.endpoint());
  }

  /** Finds each backup that must be there, and takes those into the books that may be. */
  void check() throws InterruptedException {
    for (Store store : site.stores()) {
      Map<String, String> listed = new TreeMap<>();
      JsonNode answer =
          asking.find("backup list", "/v1/backups/list", at(store)).value().orElseThrow();
      answer
          .properties()
          .forEach(
              each -> listed.put(each.getKey(), each.getValue().path("SnapshotName").asText()));
      for (Client client : clients) {
        check(client, store, listed);
      }
      for (Map.Entry<String, String> other : listed.entrySet()) {
        adopt(other.getKey(), other.getValue(), store);
      }
    }
  }

  private void check(Client client, Store store, Map<String, String> listed) {
    for (Backup backup : List.copyOf(client.model().backups.values())) {
      if (!backup.store.equals(store)) {
        continue;
      }
      boolean isThere = listed.remove(backup.url) != null;
      if (backup.phase == Phase.THERE && !isThere) {
        report.wrong(
            backup.seen ? Wrong.DATA_LOST : Wrong.WRONG_SUCCESS, backup.url + " is not listed");
        client.model().backups.remove(backup.url);
      } else if (backup.phase == Phase.GOING) {
        if (!isThere) {
          client.model().backups.remove(backup.url);
        } else if (asking.ask("delete backup", "DELETE", "/v1/backups", at(backup)).isPresent()) {
          client.model().deleted(backup);
        }
      }
      backup.seen = true;
    }
  }

  /** A backup whose making was not answered may be there, and is somebody's. */
  private void adopt(String url, String snapshot, Store store) {
    if (clients.stream().anyMatch(each -> each.model().deletedBackups.contains(url))) {
      report.wrong(Wrong.WRONG_SUCCESS, "backup %s was deleted, and is there".formatted(url));
      return;
    }
    Optional<Client> owner =
        clients.stream().filter(each -> each.model().snapshots.containsKey(snapshot)).findFirst();
    if (owner.isEmpty()) {
      report.wrong(Wrong.UNASKED, "backup %s of snapshot %s is there".formatted(url, snapshot));
      return;
    }
    owner.get().model().backups.put(url, new Backup(url, snapshot, store));
  }

  /** Restores every backup and compares every byte. */
  void restoreAll() throws InterruptedException {
    for (Client client : clients) {
      for (Backup backup : List.copyOf(client.model().backups.values())) {
        Volume volume =
            new Volume("last" + restored++, client.model().snapshots.get(backup.snapshot).copy());
        ObjectNode body =
            DaemonCall.object()
                .put("Name", volume.name)
                .put("BackupURL", backup.url)
                .put("Endpoint", backup.store.endpoint());
        client.model().volumes.put(volume.name, volume);
        if (asking.ask("restore", "POST", "/v1/volumes/create", body).isPresent()) {
          volume.phase = Phase.THERE;
          client.compare(volume);
        } else {
          report.wrong(Wrong.DATA_LOST, backup.url + " can't be restored");
          client.settle(volume);
        }
        if (client.model().volumes.containsKey(volume.name)) {
          client.delete(volume);
        }
      }
    }
  }

  /** Deletes every backup; no block must be left. */
  void empty() throws IOException, InterruptedException {
    deleteAll();
    // Deletions and this end what a killed daemon had all but published: then there is one more.
    collectGarbage();
    check();
    deleteAll();
    collectGarbage();
    for (Store store : site.stores()) {
      JsonNode left =
          asking.find("backup list", "/v1/backups/list", at(store)).value().orElseThrow();
      if (!left.isEmpty()) {
        report.wrong(Wrong.UNASKED, "backups are left: " + left);
      }
    }
    for (Path directory : site.storeDirectories()) {
      List<Path> left = new ArrayList<>();
      try (Stream<Path> files = Files.walk(directory)) {
        files.filter(file -> file.toString().endsWith(".blk")).forEach(left::add);
      }
      if (!left.isEmpty()) {
        report.wrong(
            Wrong.UNASKED,
            "%s blocks are left at %s, the first: %s"
                .formatted(left.size(), directory, left.get(0)));
      }
    }
  }

  private void collectGarbage() {
    for (Store store : site.stores()) {
      asking.ask("gc", "POST", "/v2/backups/gc", at(store));
    }
  }

  private void deleteAll() {
    for (Client client : clients) {
      for (Backup backup : List.copyOf(client.model().backups.values())) {
        backup.phase = Phase.GOING;
        if (asking.ask("delete backup", "DELETE", "/v1/backups", at(backup)).isPresent()) {
          client.model().deleted(backup);
        }
      }
    }
  }
}
