package io.convoy.objectstore;

import io.convoy.core.Backup;
import io.convoy.core.BackupDestination;
import io.convoy.core.Backups.ProblemListener;
import io.convoy.core.CorruptDataException;
import io.convoy.core.VolumeName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Lists what is in a store. */
final class StoreListing {
  private final ObjectStore store;

  StoreListing(ObjectStore store) {
    this.store = store;
  }

  /** Returns the parts of the store that volumes have, in order. */
  List<BackupLayout> volumes() throws IOException {
    List<BackupLayout> layouts = new ArrayList<>();
    for (String first : store.listDirectories(BackupLayout.VOLUMES)) {
      for (String second : store.listDirectories(BackupLayout.VOLUMES + first + "/")) {
        String prefix = BackupLayout.VOLUMES + first + "/" + second + "/";
        for (String directory : store.listDirectories(prefix)) {
          BackupLayout.parseDirectory(directory)
              .map(BackupLayout::new)
              // What lies in the wrong place is not ours.
              .filter(layout -> layout.headersPrefix().equals(prefix + directory + "/backups/"))
              .ifPresent(layouts::add);
        }
      }
    }
    return layouts;
  }

  /** Returns backups in order of URL; headers only are read. */
  List<Backup> backups(
      BackupDestination destination, Optional<VolumeName> name, ProblemListener problems)
      throws IOException {
    List<Backup> backups = new ArrayList<>();
    for (BackupLayout layout : volumes()) {
      if (name.isEmpty() || BackupLayout.mayHold(layout.directory(), name.get())) {
        add(backups, destination, layout, problems);
      }
    }
    backups.sort(Comparator.comparing(backup -> backup.url().toString()));
    return backups;
  }

  private void add(
      List<Backup> backups,
      BackupDestination destination,
      BackupLayout layout,
      ProblemListener problems)
      throws IOException {
    Optional<VolumeConfig> config;
    try {
      config = VolumeConfig.read(store, layout);
    } catch (CorruptDataException e) {
      problems.report(layout.volumeConfig().value(), e.getMessage());
      return;
    }
    new HeaderListing(store, layout)
        .visit(
            new HeaderListing.Visitor() {
              @Override
              public void header(BackupHeader header) {
                if (config.isEmpty()) {
                  problems.report(
                      layout.header(header.name()).value(), layout.volumeConfig() + " is missing");
                } else {
                  backups.add(new StoredVolume(layout, config.get()).describe(destination, header));
                }
              }

              @Override
              public void corrupt(ObjectKey key, CorruptDataException problem) {
                problems.report(key.value(), problem.getMessage());
              }
            });
  }
}
