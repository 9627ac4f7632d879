package io.convoy.core;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.lang.System.Logger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Finds volumes and snapshots. Whether a volume exists is its driver's word (another host may have
 * made or deleted it); what goes on with it here is in its record.
 */
final class VolumeDirectory {
  private static final Logger LOGGER = System.getLogger(VolumeDirectory.class.getName());

  private final Drivers drivers;
  private final VolumeRecords records;
  private final VolumeUses uses;

  VolumeDirectory(Drivers drivers, VolumeRecords records, VolumeUses uses) {
    this.drivers = drivers;
    this.records = records;
    this.uses = uses;
  }

  /** A snapshot, and the volume that it is of. */
  record Located(VolumeStatus volume, Snapshot snapshot) {}

  Optional<VolumeStatus> find(VolumeName name) throws IOException {
    Optional<VolumeRecord> record = records.get(name);
    if (record.isPresent()) {
      String driver = record.get().driver();
      if (!drivers.has(driver)) {
        return Optional.of(withoutDriver(record.get()));
      }
      Optional<Volume> volume = drivers.get(driver).get(name);
      if (volume.isPresent()) {
        return Optional.of(status(volume.get(), driver));
      }
      if (record.get().state() != VolumeState.READY || !record.get().mountIds().isEmpty()) {
        return Optional.of(withoutVolume(record.get()));
      }
    }
    Map<String, IOException> unknown = new LinkedHashMap<>();
    Optional<VolumeStatus> found = ask(name, unknown);
    if (found.isEmpty() && !unknown.isEmpty()) {
      throw unknown.values().iterator().next();
    }
    return found;
  }

  /** Asks all drivers; what one of them can't find out keeps no other from answering. */
  private Optional<VolumeStatus> ask(VolumeName name, Map<String, IOException> unknown) {
    for (Map.Entry<String, VolumeDriver> entry : drivers.all().entrySet()) {
      try {
        Optional<Volume> volume = entry.getValue().get(name);
        if (volume.isPresent()) {
          return Optional.of(status(volume.get(), entry.getKey()));
        }
      } catch (IOException e) {
        unknown.put(entry.getKey(), e);
      }
    }
    return Optional.empty();
  }

  /**
   * Returns what is in the way of a new volume of that name, as far as can be seen. A storage that
   * is not there or does not answer is not in the way of volumes that are wanted elsewhere.
   *
   * @param driver that is to make the volume by the caller's word; empty if he left it open, and
   *     may mean a volume that he has
   * @throws IOException if nothing was found, but some driver can't say
   */
  Optional<VolumeStatus> findInTheWay(VolumeName name, Optional<String> driver) throws IOException {
    if (records.get(name).isPresent()) {
      return find(name);
    }
    Map<String, IOException> unknown = new LinkedHashMap<>();
    Optional<VolumeStatus> found = ask(name, unknown);
    if (found.isPresent()) {
      return found;
    }
    for (Map.Entry<String, IOException> entry : unknown.entrySet()) {
      boolean elsewhere = driver.isPresent() && !driver.get().equals(entry.getKey());
      if (!elsewhere || !(entry.getValue() instanceof StorageUnavailableException)) {
        throw entry.getValue();
      }
      LOGGER.log(
          WARNING,
          "Driver ''{0}'' can''t say whether it has a volume ''{1}'', too: {2}",
          entry.getKey(),
          name,
          entry.getValue().getMessage());
    }
    return found;
  }

  VolumeStatus get(VolumeName name) throws IOException {
    return find(name).orElseThrow(() -> NotFoundException.volume(name));
  }

  /**
   * Returns a volume that can be worked with.
   *
   * @throws InUseException if it is not ready, saying why
   */
  VolumeStatus getReady(VolumeName name) throws IOException {
    VolumeStatus status = get(name);
    if (status.state() != VolumeState.READY) {
      throw new InUseException(
          "Volume '%s' is not ready: %s"
              .formatted(
                  name,
                  status
                      .problem()
                      .or(status::activity)
                      .orElse("it is " + status.state().name().toLowerCase(Locale.ROOT))));
    }
    return status;
  }

  List<VolumeStatus> list() throws IOException {
    return list(new ArrayList<>());
  }

  /** Returns all volumes in order of name; what can't be read is added to {@code problems}. */
  List<VolumeStatus> list(List<String> problems) throws IOException {
    return list(problem -> problems.add(problem.text()), false);
  }

  /**
   * Something that can't be read.
   *
   * @param driver whose it is; empty if that is not known
   * @param extent what can't be read
   */
  private record Problem(String driver, Extent extent, String text) {
    enum Extent {
      /** One volume, or what is known of it. */
      VOLUME,
      /** What a driver has. */
      DRIVER,
      /** What a driver has, as its storage is not there or does not answer. */
      ABSENT_STORAGE
    }
  }

  /** What a driver tells goes to {@code problems}, with its name. */
  private record Listener(String driver, Consumer<Problem> problems, boolean waits)
      implements VolumeDriver.ProblemListener {
    @Override
    public void report(String name, String problem) {
      problems.accept(
          new Problem(
              driver,
              name.isEmpty() ? Problem.Extent.DRIVER : Problem.Extent.VOLUME,
              describeProblem(name, driver, problem)));
    }

    @Override
    public void unavailable(String problem) {
      problems.accept(
          new Problem(driver, Problem.Extent.ABSENT_STORAGE, describeProblem("", driver, problem)));
    }
  }

  private List<VolumeStatus> list(Consumer<Problem> problems, boolean waits) throws IOException {
    Map<VolumeName, VolumeStatus> found = new TreeMap<>();
    for (Map.Entry<String, VolumeDriver> entry : drivers.all().entrySet()) {
      Listener listener = new Listener(entry.getKey(), problems, waits);
      List<Volume> volumes;
      try {
        volumes = entry.getValue().list(listener);
      } catch (StorageUnavailableException e) {
        listener.unavailable(e.getMessage());
        volumes = List.of();
      }
      for (Volume volume : volumes) {
        VolumeStatus earlier = found.putIfAbsent(volume.name(), status(volume, entry.getKey()));
        if (earlier != null) {
          problems.accept(
              new Problem(
                  entry.getKey(),
                  Problem.Extent.VOLUME,
                  "Volume '%s' is at two drivers, '%s' and '%s': the first one is used"
                      .formatted(volume.name(), earlier.driver(), entry.getKey())));
        }
      }
    }
    for (VolumeRecord record : records.all()) {
      if (!found.containsKey(record.name())) {
        if (!drivers.has(record.driver())) {
          found.put(record.name(), withoutDriver(record));
        } else if (record.state() != VolumeState.READY || !record.mountIds().isEmpty()) {
          found.put(record.name(), withoutVolume(record));
        }
      }
    }
    records
        .problems()
        .forEach(
            (name, problem) ->
                problems.accept(
                    new Problem(
                        "", Problem.Extent.VOLUME, "Volume '%s': %s".formatted(name, problem))));
    return List.copyOf(found.values());
  }

  static String describeProblem(String volume, String driver, String problem) {
    return volume.isEmpty()
        ? "Driver '%s': %s".formatted(driver, problem)
        : "Volume '%s' of driver '%s': %s".formatted(volume, driver, problem);
  }

  Located getSnapshot(SnapshotName name) throws IOException {
    return findSnapshot(name).orElseThrow(() -> NotFoundException.snapshot(name));
  }

  /**
   * Returns the snapshot of that name.
   *
   * @throws IOException if it was not found, but some volume could not be read either; or if there
   *     are two of that name
   */
  Optional<Located> findSnapshot(SnapshotName name) throws IOException {
    List<Located> found = findSnapshots(name, problem -> true);
    if (found.size() > 1) {
      throw new IOException(
          "Snapshot '%s' is one of each of the volumes %s, and nothing tells which is meant: delete the volume that is not needed"
              .formatted(
                  name,
                  found.stream()
                      .map(located -> "'" + located.volume().volume().name() + "'")
                      .collect(Collectors.joining(" and "))));
    }
    return found.stream().findFirst();
  }

  /**
   * Returns what is in the way of a new snapshot of that name, as far as can be seen. A storage
   * that is not there or does not answer is not in the way of snapshots that are taken elsewhere,
   * and one volume that can't be read is not in the way of those of others: if it should have a
   * snapshot of that name, too, {@link #findSnapshot(SnapshotName)} takes neither for the other.
   *
   * @param driver that takes it
   * @throws IOException if none was found, but some driver can't say
   */
  Optional<Located> findSnapshotInTheWay(SnapshotName name, String driver) throws IOException {
    return findSnapshots(
            name,
            problem -> {
              boolean matters =
                  switch (problem.extent()) {
                    case VOLUME -> false;
                    case DRIVER -> true;
                    case ABSENT_STORAGE -> problem.driver().equals(driver);
                  };
              if (!matters) {
                LOGGER.log(
                    WARNING,
                    "It is not known whether there is a snapshot ''{0}'' already: {1}",
                    name,
                    problem.text());
              }
              return matters;
            })
        .stream()
        .findFirst();
  }

  private List<Located> findSnapshots(SnapshotName name, Predicate<Problem> matters)
      throws IOException {
    List<Located> found = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    List<VolumeStatus> volumes = list(problems::add, true);
    for (VolumeStatus status : volumes) {
      for (Snapshot snapshot : status.volume().snapshots()) {
        if (snapshot.name().equals(name)) {
          found.add(new Located(status, snapshot));
        }
      }
    }
    if (!found.isEmpty()) {
      return found;
    }
    List<String> unknown = problems.stream().filter(matters).map(Problem::text).toList();
    if (!unknown.isEmpty()) {
      throw new IOException(
          "Snapshot '%s' was not found, but not every volume could be looked at: %s"
              .formatted(name, String.join("; ", unknown)));
    }
    return found;
  }

  /** Returns the record of a volume, a new one if it has none or is another volume by now. */
  VolumeRecord record(VolumeStatus status) {
    return records
        .get(status.volume().name())
        .filter(record -> describes(record, status.volume(), status.driver()))
        .orElseGet(() -> VolumeRecord.found(status.volume(), status.driver()));
  }

  private static boolean describes(VolumeRecord record, Volume volume, String driver) {
    return record.driver().equals(driver) && record.uuid().equals(volume.uuid());
  }

  private VolumeStatus status(Volume volume, String driver) {
    Optional<VolumeRecord> record =
        records.get(volume.name()).filter(known -> describes(known, volume, driver));
    Optional<String> problem = records.problem(volume.name());
    return new VolumeStatus(
        volume,
        driver,
        problem.isPresent()
            ? VolumeState.FAILED
            : record.map(VolumeRecord::state).orElse(VolumeState.READY),
        record.flatMap(VolumeRecord::mountPoint),
        record.map(VolumeRecord::mountIds).orElse(List.of()),
        record.flatMap(VolumeRecord::lastBackup),
        uses.activity(volume.name()),
        problem);
  }

  private VolumeStatus withoutDriver(VolumeRecord record) {
    return status(
        record, VolumeState.FAILED, Optional.of(RecordExamination.driverMissing(record.driver())));
  }

  private VolumeStatus withoutVolume(VolumeRecord record) {
    return record.state() == VolumeState.READY
        ? status(
            record, VolumeState.FAILED, Optional.of(RecordExamination.volumeGone(record.driver())))
        : status(record, record.state(), Optional.empty());
  }

  private VolumeStatus status(VolumeRecord record, VolumeState state, Optional<String> problem) {
    Volume volume =
        new Volume(
            record.name(),
            record.uuid(),
            record.createdTime(),
            record.spec().map(VolumeSpec::sizeBytes).orElse(OptionalLong.empty()),
            Map.of(),
            List.of());
    return new VolumeStatus(
        volume,
        record.driver(),
        state,
        record.mountPoint(),
        record.mountIds(),
        record.lastBackup(),
        uses.activity(record.name()),
        problem);
  }
}
