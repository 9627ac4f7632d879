package io.convoy.core;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.convoy.core.VolumeUses.Kind;
import io.convoy.core.VolumeUses.Use;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Brings records and drivers together again when Convoy is opened: finishes or undoes what a crash
 * left half done, mounts again what was mounted. One volume's trouble keeps no other down.
 */
final class Recovery {
  private static final Logger LOGGER = System.getLogger(Recovery.class.getName());

  /** The detail in which a driver reports where Convoy v0.5.2 recorded a volume as mounted. */
  static final String MOUNT_POINT_DETAIL = "MountPoint";

  private final Drivers drivers;
  private final VolumeRecords records;
  private final String bootId;
  private final VolumeUses uses;
  private final List<Problem> problems = new ArrayList<>();

  Recovery(Drivers drivers, VolumeRecords records, String bootId, VolumeUses uses) {
    this.drivers = drivers;
    this.records = records;
    this.bootId = bootId;
    this.uses = uses;
  }

  private record Problem(String driver, String text) {}

  /** Does it. A driver whose storage comes back later has its volumes seen to then. */
  void recover() {
    for (VolumeRecord record : records.all()) {
      if (drivers.has(record.driver())) {
        recover(record);
      } else {
        // As long as it is so, the list of volumes says so.
        log(record.name().value(), RecordExamination.driverMissing(record.driver()));
      }
    }
    drivers.all().keySet().forEach(this::adopt);
    drivers.all().forEach((name, driver) -> driver.whenBack(() -> recoverAgain(name)));
  }

  /** Returns what could not be done, one line each. */
  List<String> problems() {
    synchronized (problems) {
      return problems.stream().map(Problem::text).toList();
    }
  }

  private void recoverAgain(String driver) {
    synchronized (problems) {
      problems.removeIf(problem -> problem.driver().equals(driver));
    }
    for (VolumeRecord record : records.all()) {
      if (record.driver().equals(driver)) {
        try (Use use = uses.enter(record.name(), Kind.MOUNT, "recover")) {
          // It may have changed while this waited.
          records
              .get(record.name())
              .filter(now -> now.driver().equals(driver))
              .ifPresent(this::recover);
        } catch (InUseException e) {
          // Whoever is at it has found it usable.
          LOGGER.log(INFO, "Volume ''{0}'': {1}", record.name(), e.getMessage());
        }
      }
    }
    adopt(driver);
  }

  private void recover(VolumeRecord record) {
    try {
      recover(record, drivers.get(record.driver()));
    } catch (IOException | RuntimeException e) {
      problem(record.driver(), record.name().value(), e.getMessage());
    }
  }

  private void recover(VolumeRecord record, VolumeDriver driver) throws IOException {
    Optional<Volume> volume =
        driver.get(record.name()).filter(found -> found.uuid().equals(record.uuid()));
    switch (record.state()) {
      case CREATING, RESTORING -> finishCreation(record, volume);
      case DELETING -> finishDeletion(record, volume, driver);
      case READY -> {
        if (volume.isPresent()) {
          mountAgain(record, driver);
        } else if (record.mountIds().isEmpty()) {
          records.delete(record.name());
        } else {
          log(record.name().value(), RecordExamination.volumeGone(record.driver()));
        }
      }
      case FAILED -> problem(record.driver(), record.name().value(), "it is marked as failed");
    }
  }

  private void finishCreation(VolumeRecord record, Optional<Volume> volume) throws IOException {
    if (volume.isPresent()) {
      // A driver shows a volume when it is whole.
      records.save(record.ready(volume.get().uuid(), volume.get().createdTime()));
      LOGGER.log(INFO, "Volume ''{0}'': its creation was complete", record.name());
    } else {
      records.delete(record.name());
      LOGGER.log(
          WARNING,
          "Volume ''{0}'': its creation was cut off and has been undone; create it again",
          record.name());
    }
  }

  private void finishDeletion(VolumeRecord record, Optional<Volume> volume, VolumeDriver driver)
      throws IOException {
    if (volume.isPresent()) {
      driver.delete(record.name(), record.deleteMode().orElse(DeleteMode.REFERENCE));
    }
    records.delete(record.name());
    LOGGER.log(INFO, "Volume ''{0}'': its deletion was finished", record.name());
  }

  private void mountAgain(VolumeRecord record, VolumeDriver driver) throws IOException {
    if (record.mountIds().isEmpty()) {
      return;
    }
    List<String> ids = new ArrayList<>(record.mountIds());
    if (!record.bootId().equals(bootId)) {
      // The containers of an earlier boot are gone; those that start again ask again.
      ids.removeIf(MountHolders::isDocker);
    }
    Optional<Path> mountPoint =
        ids.isEmpty()
            ? Optional.empty()
            : Optional.of(driver.mount(record.name(), record.wantedMountPoint()));
    VolumeRecord now = record.withMounts(mountPoint, ids, bootId);
    if (!now.equals(record)) {
      records.save(now);
    }
  }

  private void adopt(String driver) {
    List<Volume> volumes;
    try {
      volumes =
          drivers
              .get(driver)
              .list(
                  (name, problem) -> {
                    // What concerns the storage passes, and is told whenever volumes are listed.
                    if (!name.isEmpty()) {
                      problem(driver, name, problem);
                    }
                  });
    } catch (IOException e) {
      problem(driver, "", e.getMessage());
      return;
    }
    for (Volume volume : volumes) {
      String mountPoint = volume.details().getOrDefault(MOUNT_POINT_DETAIL, "");
      if (!mountPoint.isEmpty() && records.get(volume.name()).isEmpty()) {
        try {
          adoptMount(volume, driver, drivers.get(driver));
        } catch (IOException | RuntimeException e) {
          problem(driver, volume.name().value(), e.getMessage());
        }
      }
    }
  }

  private void adoptMount(Volume volume, String driverName, VolumeDriver driver)
      throws IOException {
    VolumeRecord record =
        VolumeRecord.found(volume, driverName)
            .withMounts(
                Optional.of(Path.of(volume.details().get(MOUNT_POINT_DETAIL))),
                List.of(MountRequest.ADOPTED),
                bootId);
    records.save(record);
    mountAgain(record, driver);
    LOGGER.log(INFO, "Volume ''{0}'': adopted with its mount", volume.name());
  }

  private static void log(String volume, String problem) {
    LOGGER.log(WARNING, "Volume ''{0}'': {1}", volume, problem);
  }

  private void problem(String driver, String volume, String problem) {
    String text =
        volume.isEmpty()
            ? "Driver '%s': %s".formatted(driver, problem)
            : "Volume '%s': %s".formatted(volume, problem);
    LOGGER.log(WARNING, "{0}", text);
    synchronized (problems) {
      problems.add(new Problem(driver, text));
    }
  }
}
