package io.convoy.core;

import static java.lang.System.Logger.Level.WARNING;

import io.convoy.core.VolumeUses.Kind;
import io.convoy.core.VolumeUses.Use;
import java.io.IOException;
import java.lang.System.Logger;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/** Creates volumes, empty or from a backup. */
final class VolumeCreation {
  private static final Logger LOGGER = System.getLogger(VolumeCreation.class.getName());

  private final Drivers drivers;
  private final BackupStores stores;
  private final VolumeRecords records;
  private final VolumeDirectory directory;
  private final VolumeUses uses;
  private final Clock clock;

  VolumeCreation(
      Drivers drivers,
      BackupStores stores,
      VolumeRecords records,
      VolumeDirectory directory,
      VolumeUses uses,
      Clock clock) {
    this.drivers = drivers;
    this.stores = stores;
    this.records = records;
    this.directory = directory;
    this.uses = uses;
    this.clock = clock;
  }

  VolumeStatus create(VolumeSpec spec, Optional<String> driver, Progress progress)
      throws IOException {
    driver.ifPresent(drivers::get);
    String work = spec.source().isPresent() ? "restore of " + spec.source().get() : "create";
    try (Use use = uses.enter(spec.name(), Kind.CREATE, work)) {
      records
          .problem(spec.name())
          .ifPresent(
              problem -> {
                throw new IllegalArgumentException(
                    "Volume '%s' can't be created: %s".formatted(spec.name(), problem));
              });
      Optional<VolumeStatus> existing = directory.findInTheWay(spec.name(), driver);
      if (existing.isPresent()) {
        throw new AlreadyExistsException(
            "Volume '%s' already exists, with driver '%s'%s"
                .formatted(
                    spec.name(),
                    existing.get().driver(),
                    existing.get().problem().map(p -> " (" + p + ")").orElse("")));
      }
      if (spec.source().isPresent()) {
        restore(spec, driver, use.watch(progress));
      } else {
        make(spec, driver.orElse(drivers.defaultName()), VolumeState.CREATING, Optional.empty());
      }
    }
    return directory.get(spec.name());
  }

  private void restore(VolumeSpec spec, Optional<String> driver, Progress progress)
      throws IOException {
    BackupUrl source = spec.source().orElseThrow();
    Backups backups = stores.forScheme(source.destination());
    Backup backup = backups.inspect(source);
    String chosen =
        driver.orElse(drivers.has(backup.driver()) ? backup.driver() : drivers.defaultName());
    VolumeSpec sized =
        spec.sizeBytes().isEmpty() && backup.volumeSizeBytes() > 0
            ? spec.withSizeBytes(backup.volumeSizeBytes())
            : spec;
    make(
        sized,
        chosen,
        VolumeState.RESTORING,
        Optional.of(target -> backups.restore(source, target, progress)));
  }

  private void make(
      VolumeSpec spec, String driver, VolumeState state, Optional<VolumeFiller> filler)
      throws IOException {
    VolumeRecord intent =
        VolumeRecord.intent(spec, UUID.randomUUID(), driver, state, clock.instant());
    records.save(intent);
    Volume volume;
    try {
      volume = drivers.get(driver).create(spec, intent.uuid(), filler);
    } catch (IOException | RuntimeException e) {
      try {
        records.delete(spec.name());
      } catch (IOException undo) {
        // The next start finds no volume, and removes it.
        records.forget(spec.name());
        e.addSuppressed(undo);
      }
      throw e;
    }
    VolumeRecord ready = intent.ready(volume.uuid(), volume.createdTime());
    try {
      records.save(ready);
    } catch (IOException e) {
      // The volume is whole, and the next start says so, too.
      records.keep(ready);
      LOGGER.log(
          WARNING,
          "Volume ''{0}'' is made; its record could not be completed: {1}",
          spec.name(),
          e.getMessage());
    }
  }

  /** Creates a volume as somebody else does it. */
  interface Creation {
    VolumeStatus create() throws IOException;
  }

  VolumeStatus ensure(VolumeSpec spec, Optional<String> driver, Creation creation)
      throws IOException {
    Optional<VolumeStatus> existing = directory.findInTheWay(spec.name(), driver);
    if (existing.isEmpty()) {
      try {
        return creation.create();
      } catch (AlreadyExistsException e) {
        // Somebody was faster, here or on another host: that volume may be as wished.
        existing = directory.find(spec.name());
        if (existing.isEmpty()) {
          throw e;
        }
      }
    }
    List<String> differences = differences(existing.get(), spec, driver);
    if (!differences.isEmpty()) {
      throw new AlreadyExistsException(
          "Volume '%s' already exists, and differs from what was asked for: %s"
              .formatted(spec.name(), String.join("; ", differences)));
    }
    return existing.get();
  }

  private List<String> differences(
      VolumeStatus status, VolumeSpec wanted, Optional<String> driver) {
    List<String> differences = new ArrayList<>();
    compare(differences, "driver", driver, Optional.of(status.driver()));
    Optional<VolumeSpec> made = directory.record(status).spec();
    if (made.isEmpty()) {
      // It was found, not made here: only what the driver knows can be compared.
      if (wanted.sizeBytes().isPresent() && status.volume().sizeBytes().isPresent()) {
        compare(
            differences,
            "size",
            Optional.of(wanted.sizeBytes().getAsLong()),
            Optional.of(status.volume().sizeBytes().getAsLong()));
      }
      return differences;
    }
    // What it was made with stays a right wish after the volume has grown.
    if (!wanted.sizeBytes().equals(made.get().sizeBytes())) {
      OptionalLong actual =
          status.volume().sizeBytes().isPresent()
              ? status.volume().sizeBytes()
              : made.get().sizeBytes();
      compare(
          differences,
          "size",
          wanted.sizeBytes().stream().boxed().findFirst(),
          actual.stream().boxed().findFirst());
    }
    compare(
        differences,
        "backup",
        wanted.source().map(Object::toString),
        made.get().source().map(Object::toString));
    compare(differences, "id", wanted.driverVolumeId(), made.get().driverVolumeId());
    compare(differences, "type", wanted.type(), made.get().type());
    compare(
        differences,
        "iops",
        wanted.iops().stream().boxed().findFirst(),
        made.get().iops().stream().boxed().findFirst());
    compare(
        differences,
        "throughput",
        wanted.throughputMib().stream().boxed().findFirst(),
        made.get().throughputMib().stream().boxed().findFirst());
    if (wanted.prepareForVm()) {
      compare(differences, "vm", Optional.of(true), Optional.of(made.get().prepareForVm()));
    }
    return differences;
  }

  private static <T> void compare(
      List<String> differences, String what, Optional<T> wanted, Optional<T> actual) {
    if (wanted.isPresent() && !Objects.equals(wanted, actual)) {
      differences.add(
          "%s is %s, asked for was %s"
              .formatted(
                  what, actual.map(Object::toString).orElse("not set"), wanted.get().toString()));
    }
  }
}
