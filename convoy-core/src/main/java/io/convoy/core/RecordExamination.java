package io.convoy.core;

import static java.lang.System.Logger.Level.DEBUG;

import io.convoy.core.Finding.Severity;
import io.convoy.core.VolumeUses.Kind;
import io.convoy.core.VolumeUses.Use;
import java.io.IOException;
import java.lang.System.Logger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Compares the records of volumes with what the drivers have. */
final class RecordExamination implements Examination {
  private static final Logger LOGGER = System.getLogger(RecordExamination.class.getName());

  private final Drivers drivers;
  private final VolumeRecords records;
  private final VolumeUses uses;

  RecordExamination(Drivers drivers, VolumeRecords records, VolumeUses uses) {
    this.drivers = drivers;
    this.records = records;
    this.uses = uses;
  }

  /** Returns what is wrong with a volume whose driver does not run, for people. */
  static String driverMissing(String driver) {
    return "its driver '%s' is not enabled".formatted(driver);
  }

  /** Returns what is wrong with a volume that is in use and gone, for people. */
  static String volumeGone(String driver) {
    return "it is mounted, but driver '%s' no longer has it".formatted(driver);
  }

  @Override
  public List<Finding> examine() {
    List<Finding> findings = new ArrayList<>();
    for (VolumeRecord record : records.all()) {
      if (drivers.has(record.driver())) {
        compare(record).ifPresent(findings::add);
      } else {
        findings.add(withoutDriver(record));
      }
    }
    return findings;
  }

  private Optional<Finding> compare(VolumeRecord record) {
    boolean isThere;
    try {
      isThere = isThere(record);
    } catch (IOException e) {
      // Nobody knows; that its driver can't say is told for the driver.
      LOGGER.log(DEBUG, "Volume ''{0}'': {1}", record.name(), e.getMessage());
      return Optional.empty();
    }
    // What is being made or deleted has its record first, and its volume last.
    boolean isAtRest =
        uses.activity(record.name()).isEmpty()
            && records.get(record.name()).equals(Optional.of(record));
    return isAtRest ? describe(record, isThere) : Optional.empty();
  }

  private boolean isThere(VolumeRecord record) throws IOException {
    return drivers
        .get(record.driver())
        .get(record.name())
        .filter(volume -> volume.uuid().equals(record.uuid()))
        .isPresent();
  }

  private static Optional<Finding> describe(VolumeRecord record, boolean isThere) {
    return switch (record.state()) {
      case READY -> isThere ? Optional.empty() : Optional.of(gone(record));
      case CREATING, RESTORING ->
          Optional.of(
              finding(
                  Severity.WARNING,
                  record,
                  "its creation was cut off",
                  "restart the daemon, which finishes or undoes it"));
      case DELETING ->
          Optional.of(
              finding(
                  Severity.WARNING,
                  record,
                  "its deletion was begun, and is not finished",
                  "convoy delete%s %s"
                      .formatted(
                          record.deleteMode().equals(Optional.of(DeleteMode.DATA))
                              ? ""
                              : " --reference",
                          record.name())));
      case FAILED -> Optional.empty(); // told from the start on
    };
  }

  private static Finding gone(VolumeRecord record) {
    return record.mountIds().isEmpty()
        ? finding(
            Severity.NOTE,
            record,
            "there is a record of it, but driver '%s' no longer has it".formatted(record.driver()),
            "convoy doctor --repair")
        : finding(
            Severity.ERROR,
            record,
            volumeGone(record.driver()),
            "stop what uses it, then: convoy umount --force %s; convoy doctor --repair"
                .formatted(record.name()));
  }

  private Finding withoutDriver(VolumeRecord record) {
    return finding(
        Severity.ERROR,
        record,
        driverMissing(record.driver()),
        "restart the daemon with --drivers %s, too; to give the volume up here, stop the daemon and: rm %s"
            .formatted(record.driver(), records.file(record.name())));
  }

  private static Finding finding(
      Severity severity, VolumeRecord record, String what, String remedy) {
    return new Finding(severity, "Volume '%s': %s".formatted(record.name(), what), remedy);
  }

  /**
   * Removes records of volumes that are gone, which nobody has mounted, as the next start would.
   */
  @Override
  public List<String> repair() throws IOException {
    List<String> done = new ArrayList<>();
    for (VolumeRecord record : records.all()) {
      if (isOrphan(record) && remove(record.name())) {
        done.add(
            "Volume '%s': its record is removed, as driver '%s' no longer has it"
                .formatted(record.name(), record.driver()));
      }
    }
    return done;
  }

  private boolean remove(VolumeName name) throws IOException {
    try (Use use = uses.enter(name, Kind.DELETE, "removal of its record")) {
      // It may be another one by now.
      Optional<VolumeRecord> orphan = records.get(name).filter(this::isOrphan);
      if (orphan.isPresent()) {
        records.delete(name);
      }
      return orphan.isPresent();
    } catch (InUseException e) {
      return false; // so it is no orphan
    }
  }

  private boolean isOrphan(VolumeRecord record) {
    try {
      return record.state() == VolumeState.READY
          && record.mountIds().isEmpty()
          && drivers.has(record.driver())
          && !isThere(record);
    } catch (IOException e) {
      LOGGER.log(DEBUG, "Volume ''{0}'': {1}", record.name(), e.getMessage());
      return false;
    }
  }
}
