package io.convoy.core;

import io.convoy.core.process.CommandRunner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The kinds of backup stores there are, by URL scheme. */
final class BackupStores implements AutoCloseable {
  private final Map<String, Backups> stores;

  private BackupStores(Map<String, Backups> stores) {
    this.stores = stores;
  }

  static BackupStores open(String hostId, CommandRunner commands, BackupOptions defaults)
      throws IOException {
    Map<String, Backups> stores = new TreeMap<>();
    for (BackupsFactory factory : ServiceLoader.load(BackupsFactory.class)) {
      Backups backups = factory.open(hostId, commands, defaults);
      factory.schemes().forEach(scheme -> stores.put(scheme, backups));
    }
    return new BackupStores(stores);
  }

  Backups forScheme(BackupDestination destination) {
    Backups backups = stores.get(destination.scheme());
    if (backups == null) {
      throw new IllegalArgumentException(
          "Invalid destination '%s': nothing here stores backups at '%s://', expected one of %s"
              .formatted(destination, destination.scheme(), stores.keySet()));
    }
    return backups;
  }

  BackupCare careOf(BackupDestination destination) {
    return forScheme(destination)
        .care()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Backups at '%s://' look after themselves: there is nothing to verify or collect"
                        .formatted(destination.scheme())));
  }

  BackupList list(BackupDestination destination, Optional<VolumeName> volume) throws IOException {
    List<String> problems = new ArrayList<>();
    List<Backup> backups =
        forScheme(destination)
            .list(
                destination,
                volume,
                (key, problem) ->
                    problems.add(problem.startsWith(key) ? problem : key + ": " + problem));
    return new BackupList(backups, problems);
  }

  @Override
  public void close() throws IOException {
    Closing.closeAll(new HashSet<>(stores.values()));
  }
}
