package io.convoy.core;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.convoy.core.state.AtomicFiles;
import io.convoy.core.state.RootLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Puts the parts behind {@link Convoy} together, and takes them apart again. */
final class Engine {
  private final ConvoyConfig config;
  private final RootLock lock;
  private final Drivers drivers;
  private final BackupStores stores;
  private final VolumeDirectory directory;
  private final VolumeCreation creation;
  private final VolumeDeletion deletion;
  private final Resizing resizing;
  private final Mounting mounting;
  private final Snapshotting snapshotting;
  private final BackingUp backingUp;
  private final TrashCan trash;
  private final Recovery recovery;
  private final Examining examining;

  private Engine(
      ConvoyConfig config,
      RootLock lock,
      Drivers drivers,
      BackupStores stores,
      VolumeRecords records,
      String bootId) {
    this.config = config;
    this.lock = lock;
    this.drivers = drivers;
    this.stores = stores;
    VolumeUses uses = new VolumeUses();
    this.recovery = new Recovery(drivers, records, bootId, uses);
    this.examining = new Examining(drivers, new RecordExamination(drivers, records, uses));
    Clock clock = Clock.systemUTC();
    this.directory = new VolumeDirectory(drivers, records, uses);
    this.creation = new VolumeCreation(drivers, stores, records, directory, uses, clock);
    this.deletion = new VolumeDeletion(drivers, records, directory, uses);
    this.resizing = new Resizing(drivers, directory, uses);
    this.mounting = new Mounting(drivers, records, directory, uses, bootId);
    this.snapshotting = new Snapshotting(drivers, directory, uses);
    this.trash = new TrashCan(drivers, records, directory, uses, snapshotting, clock);
    this.backingUp = new BackingUp(drivers, stores, records, directory, uses, clock);
  }

  static Engine open(ConvoyConfig config) throws IOException {
    AtomicFiles.createDirectories(config.root());
    List<AutoCloseable> opened = new ArrayList<>();
    try {
      RootLock lock = RootLock.acquire(config.root());
      opened.add(lock);
      String hostId = hostId(config.root());
      VolumeRecords records = VolumeRecords.load(config.root().resolve("volumes"));
      Drivers drivers = Drivers.open(config, hostId);
      opened.add(drivers);
      BackupStores stores = BackupStores.open(hostId, config.commands(), config.backupOptions());
      opened.add(stores);
      String bootId = ThisHost.bootId();
      Engine engine = new Engine(config, lock, drivers, stores, records, bootId);
      engine.recovery.recover();
      return engine;
    } catch (IOException | RuntimeException e) {
      Closing.closeAll(opened, e);
      throw e;
    }
  }

  private static String hostId(Path root) throws IOException {
    Path file = root.resolve("host-id");
    try {
      return UUID.fromString(Files.readString(file).strip()).toString();
    } catch (NoSuchFileException e) {
      String id = UUID.randomUUID().toString();
      AtomicFiles.create(file, (id + "\n").getBytes(US_ASCII));
      return id;
    } catch (IllegalArgumentException e) {
      throw new CorruptDataException("%s: expected a UUID".formatted(file), e);
    }
  }

  ConvoyInfo info() {
    Set<String> problems = new LinkedHashSet<>(recovery.problems());
    Map<String, Map<String, String>> infos = new LinkedHashMap<>();
    drivers
        .all()
        .forEach(
            (name, driver) -> {
              try {
                infos.put(name, driver.info());
              } catch (IOException e) {
                infos.put(name, Map.of("Driver", name));
                problems.add("Driver '%s': %s".formatted(name, e.getMessage()));
              }
            });
    try {
      List<String> found = new ArrayList<>();
      for (VolumeStatus status : directory.list(found)) {
        status
            .problem()
            .ifPresent(
                problem ->
                    problems.add("Volume '%s': %s".formatted(status.volume().name(), problem)));
      }
      problems.addAll(found);
    } catch (IOException e) {
      problems.add("The volumes can't be listed: " + e.getMessage());
    }
    return new ConvoyInfo(config.root(), infos, List.copyOf(problems));
  }

  boolean isShared() {
    return drivers.all().values().stream().allMatch(VolumeDriver::isShared);
  }

  List<Finding> examine() {
    return examining.examine(info().problems());
  }

  List<String> repair() throws IOException {
    return examining.repair();
  }

  void close() throws IOException {
    Closing.closeAll(List.of(lock, drivers, stores));
  }

  BackupStores stores() {
    return stores;
  }

  VolumeDirectory directory() {
    return directory;
  }

  VolumeCreation creation() {
    return creation;
  }

  VolumeDeletion deletion() {
    return deletion;
  }

  Resizing resizing() {
    return resizing;
  }

  Mounting mounting() {
    return mounting;
  }

  Snapshotting snapshotting() {
    return snapshotting;
  }

  TrashCan trash() {
    return trash;
  }

  BackingUp backingUp() {
    return backingUp;
  }
}
