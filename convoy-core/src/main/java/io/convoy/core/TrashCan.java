package io.convoy.core;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;
import static java.util.Comparator.comparing;

import io.convoy.core.VolumeUses.Kind;
import io.convoy.core.VolumeUses.Use;
import java.io.IOException;
import java.lang.System.Logger;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Lists, restores and destroys what was deleted and is kept. */
final class TrashCan {
  private static final Logger LOGGER = System.getLogger(TrashCan.class.getName());

  private final Drivers drivers;
  private final VolumeRecords records;
  private final VolumeDirectory directory;
  private final VolumeUses uses;
  private final Snapshotting snapshotting;
  private final Clock clock;

  TrashCan(
      Drivers drivers,
      VolumeRecords records,
      VolumeDirectory directory,
      VolumeUses uses,
      Snapshotting snapshotting,
      Clock clock) {
    this.drivers = drivers;
    this.records = records;
    this.directory = directory;
    this.uses = uses;
    this.snapshotting = snapshotting;
    this.clock = clock;
  }

  TrashList list() throws IOException {
    List<TrashedVolume> volumes = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (Map.Entry<String, VolumeDriver> entry : drivers.all().entrySet()) {
      Optional<Trash> trash = entry.getValue().trash();
      if (trash.isPresent()) {
        volumes.addAll(
            trash
                .get()
                .list(
                    (name, problem) ->
                        problems.add(
                            "Deleted volume '%s' of driver '%s': %s"
                                .formatted(name, entry.getKey(), problem))));
      }
    }
    volumes.sort(comparing(TrashedVolume::deletedTime));
    return new TrashList(volumes, problems);
  }

  /** Returns the one that an ID or a name means. */
  private static TrashedVolume find(TrashList trash, String idOrName) throws IOException {
    List<TrashedVolume> found =
        trash.volumes().stream().filter(v -> v.id().toString().equals(idOrName)).toList();
    if (found.isEmpty()) {
      found = trash.volumes().stream().filter(v -> v.name().value().equals(idOrName)).toList();
    }
    if (found.size() > 1) {
      throw new IllegalArgumentException(
          "There are %s volumes '%s' in the trash: name one by its ID, %s"
              .formatted(
                  found.size(),
                  idOrName,
                  String.join(
                      " or ",
                      found.stream().map(v -> v.id() + " (" + v.deletedTime() + ")").toList())));
    }
    if (found.isEmpty() && !trash.problems().isEmpty()) {
      throw new IOException(
          "'%s' was not found in the trash, but not all of it could be read: %s"
              .formatted(idOrName, String.join("; ", trash.problems())));
    }
    if (found.isEmpty()) {
      throw NotFoundException.inTrash(idOrName);
    }
    return found.get(0);
  }

  private Trash trashOf(TrashedVolume volume) {
    return drivers.get(volume.driver()).trash().orElseThrow();
  }

  VolumeStatus restore(String idOrName, Optional<VolumeName> newName) throws IOException {
    TrashedVolume kept = find(list(), idOrName);
    VolumeName name = newName.orElse(kept.name());
    try (Use use = uses.enter(name, Kind.CREATE, "restore from the trash")) {
      checkFree(name, kept.driver());
      List<SnapshotName> reserved = new ArrayList<>();
      try {
        for (SnapshotName snapshot : kept.snapshots()) {
          snapshotting.reserve(snapshot, kept.driver());
          reserved.add(snapshot);
        }
        bringBack(kept, name);
      } finally {
        reserved.forEach(snapshotting::release);
      }
    }
    return directory.get(name);
  }

  private void checkFree(VolumeName name, String driver) throws IOException {
    Optional<String> unreadable = records.problem(name);
    if (unreadable.isPresent()) {
      throw new AlreadyExistsException(
          "The name '%s' can't be used: %s".formatted(name, unreadable.get()));
    }
    Optional<VolumeStatus> existing = directory.findInTheWay(name, Optional.of(driver));
    if (existing.isPresent()) {
      throw new AlreadyExistsException(
          "Volume '%s' already exists, with driver '%s': restore under another name, with --name"
              .formatted(name, existing.get().driver()));
    }
  }

  private void bringBack(TrashedVolume kept, VolumeName name) throws IOException {
    records.save(
        VolumeRecord.intent(
            VolumeSpec.of(name), kept.id(), kept.driver(), VolumeState.CREATING, clock.instant()));
    Volume volume;
    try {
      volume = trashOf(kept).restore(kept.id(), name);
    } catch (IOException | RuntimeException e) {
      try {
        records.delete(name);
      } catch (IOException undo) {
        e.addSuppressed(undo);
      }
      throw e;
    }
    records.save(VolumeRecord.found(volume, kept.driver()));
    LOGGER.log(
        INFO, "Volume ''{0}'': restored from the trash as ''{1}''", kept.name(), volume.name());
  }

  /** Destroys what is meant, all of it if nothing is, as far as it was deleted long enough ago. */
  List<TrashedVolume> empty(List<String> idsOrNames, Optional<Age> olderThan) throws IOException {
    TrashList trash = list();
    Set<TrashedVolume> meant = new LinkedHashSet<>();
    for (String idOrName : idsOrNames) {
      meant.add(find(trash, idOrName));
    }
    if (idsOrNames.isEmpty()) {
      meant.addAll(trash.volumes());
    }
    if (olderThan.isPresent()) {
      Instant limit = clock.instant().minus(olderThan.get().duration());
      meant.removeIf(volume -> volume.deletedTime().isAfter(limit));
    }
    List<TrashedVolume> destroyed = new ArrayList<>();
    IOException failure = null;
    for (TrashedVolume volume : meant) {
      try {
        trashOf(volume).destroy(volume.id());
        destroyed.add(volume);
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw new IOException(
          "%s of %s deleted volumes were destroyed; the first failure: %s"
              .formatted(destroyed.size(), meant.size(), failure.getMessage()),
          failure);
    }
    return destroyed;
  }

  void tidy() {
    for (Map.Entry<String, VolumeDriver> entry : drivers.all().entrySet()) {
      Optional<Trash> trash = entry.getValue().trash();
      if (trash.isPresent()) {
        try {
          trash.get().tidy();
        } catch (IOException e) {
          // One driver's trouble keeps no other's trash from being looked through.
          LOGGER.log(WARNING, "Trash of driver ''{0}'': {1}", entry.getKey(), e.getMessage());
        }
      }
    }
  }
}
