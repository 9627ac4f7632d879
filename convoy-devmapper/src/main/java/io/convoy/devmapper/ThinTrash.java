package io.convoy.devmapper;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;
import static java.util.Comparator.comparing;

import io.convoy.core.NotFoundException;
import io.convoy.core.Trash;
import io.convoy.core.TrashedVolume;
import io.convoy.core.Volume;
import io.convoy.core.VolumeDriver.ProblemListener;
import io.convoy.core.VolumeName;
import java.io.IOException;
import java.lang.System.Logger;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Deleted volumes whose thin devices are still in the pool. A volume's one record is either in the
 * trash or not, since it is renamed: so what is in use is never taken for trash.
 *
 * <p>To restore: the record has its new name, is renamed, the device is made. To destroy: the
 * record says <em>deleting</em>, the thin devices go, then the record; the next start finishes it.
 */
final class ThinTrash implements Trash {
  private static final Logger LOGGER = System.getLogger(ThinTrash.class.getName());

  private final ThinPool pool;
  private final VolumeDevices devices;
  private final ThinVolumes volumes;
  private final ThinVolumeDeletion deletion;
  private final DriverRecovery recovery;
  private final Clock clock;

  ThinTrash(
      ThinPool pool,
      VolumeDevices devices,
      ThinVolumes volumes,
      ThinVolumeDeletion deletion,
      DriverRecovery recovery,
      Clock clock) {
    this.pool = pool;
    this.devices = devices;
    this.volumes = volumes;
    this.deletion = deletion;
    this.recovery = recovery;
    this.clock = clock;
  }

  /** Finishes what was cut off, when the driver is opened; what does not work is logged. */
  synchronized void open() {
    try {
      for (ThinVolume volume : volumes.files().trash((name, problem) -> {})) {
        if (volume.kept().isEmpty()) {
          // Deleted when no time was recorded: it counts from now on.
          volumes.files().writeInTrash(volume.withKept(Optional.of(unknown())));
        }
      }
      tidy();
    } catch (IOException | RuntimeException e) {
      // The volumes are more important.
      LOGGER.log(WARNING, "Trash: {0}", e.getMessage());
    }
  }

  private Kept unknown() {
    return new Kept(clock.instant(), OptionalLong.empty());
  }

  /** Returns all that can be read, the oldest first. */
  private List<ThinVolume> all(ThinVolumeFiles.Problems problems) throws IOException {
    List<ThinVolume> all = new ArrayList<>(volumes.files().trash(problems));
    all.sort(comparing(volume -> volume.kept().orElseGet(this::unknown).deletedTime()));
    return all;
  }

  private ThinVolume get(UUID id) throws IOException {
    return all((name, problem) -> {}).stream()
        .filter(volume -> volume.uuid().equals(id))
        .findFirst()
        .orElseThrow(() -> NotFoundException.inTrash(id.toString()));
  }

  @Override
  public List<TrashedVolume> list(ProblemListener problems) throws IOException {
    List<TrashedVolume> kept = new ArrayList<>();
    for (ThinVolume volume : all(problems::report)) {
      if (volume.step() == Step.DELETING) {
        problems.report(
            volume.name().value(), "it is half destroyed; Convoy goes on with that by itself");
      } else {
        kept.add(trashed(volume));
      }
    }
    return kept;
  }

  private TrashedVolume trashed(ThinVolume volume) {
    Kept kept = volume.kept().orElseGet(this::unknown);
    return new TrashedVolume(
        volume.uuid(),
        volume.name(),
        DevmapperDriverFactory.NAME,
        OptionalLong.of(volume.sizeBytes()),
        kept.usedBytes(),
        kept.deletedTime(),
        expiry(kept),
        volume.snapshots().stream()
            .filter(snapshot -> snapshot.step() == Step.READY)
            .map(ThinSnapshot::name)
            .toList());
  }

  private Instant expiry(Kept kept) {
    return kept.deletedTime().plus(pool.config().trashKeep().duration());
  }

  @Override
  public synchronized Volume restore(UUID id, VolumeName name) throws IOException {
    ThinVolume kept = get(id);
    if (kept.step() == Step.DELETING) {
      throw new IOException(
          "Volume '%s' (%s) can't be restored: it is half destroyed".formatted(kept.name(), id));
    }
    volumes.checkFree(name);
    devices.checkFree(name);
    ThinVolume named = kept.withName(name);
    volumes.files().writeInTrash(named);
    try {
      volumes.files().moveFromTrash(named);
    } catch (IOException | RuntimeException e) {
      undoName(kept, named, e);
      throw e;
    }
    try {
      recovery.bringUp(named);
    } catch (IOException | RuntimeException e) {
      putBack(kept, named, e);
      throw e;
    }
    return volumes.get(name).toVolume(devices.node(name));
  }

  private void undoName(ThinVolume kept, ThinVolume named, Exception cause) {
    try {
      volumes.files().writeInTrash(kept);
    } catch (IOException | RuntimeException e) {
      // Moved, and not known to last: nobody else may have the name until the next start looks.
      volumes.report(named.name().value(), "its restore was cut off: " + cause.getMessage());
      cause.addSuppressed(e);
    }
  }

  private void putBack(ThinVolume kept, ThinVolume named, Exception cause) {
    try {
      devices.deactivate(named);
      volumes.save(named);
      volumes.moveToTrash(named);
      volumes.files().writeInTrash(kept);
    } catch (IOException | RuntimeException e) {
      // It is in the trash under its new name, or the next start finishes what was asked for.
      cause.addSuppressed(e);
    }
  }

  @Override
  public synchronized void destroy(UUID id) throws IOException {
    ThinVolume kept = get(id);
    checkNotInUse(kept);
    volumes.files().writeInTrash(kept.withStep(Step.DELETING));
    deletion.deleteThins(kept);
    volumes.files().deleteFromTrash(id);
    LOGGER.log(
        INFO,
        "Deleted volume ''{0}'' ({1}) with {2} snapshots: destroyed",
        kept.name(),
        id,
        kept.snapshots().size());
  }

  /** Records that were put there by hand may name what a volume has. */
  private void checkNotInUse(ThinVolume kept) throws IOException {
    for (ThinVolume volume : volumes.all()) {
      if (!Collections.disjoint(volume.thinIds(), kept.thinIds())) {
        throw new IOException(
            "Deleted volume '%s' (%s) is not destroyed: it is recorded as thin devices %s, volume '%s' as %s"
                .formatted(
                    kept.name(), kept.uuid(), kept.thinIds(), volume.name(), volume.thinIds()));
      }
    }
  }

  @Override
  public synchronized void tidy() throws IOException {
    Instant now = clock.instant();
    for (ThinVolume volume : all((name, problem) -> {})) {
      boolean expired = volume.kept().isPresent() && !expiry(volume.kept().get()).isAfter(now);
      if (expired || volume.step() == Step.DELETING) {
        giveUp(volume, "kept for " + pool.config().trashKeep());
      }
    }
    makeRoom();
  }

  /** Destroys the oldest as long as the pool has less than its reserve free. */
  void makeRoom() throws IOException {
    if (!pool.lacksRoom()) {
      return;
    }
    synchronized (this) {
      for (ThinVolume volume : all((name, problem) -> {})) {
        if (pool.lacksRoom()) {
          giveUp(volume, "the pool is below its reserve");
        }
      }
    }
  }

  /** Destroys one that nobody asked to destroy; what does not work is logged. */
  private void giveUp(ThinVolume volume, String why) {
    try {
      LOGGER.log(INFO, "Deleted volume ''{0}'' ({1}): {2}", volume.name(), volume.uuid(), why);
      destroy(volume.uuid());
    } catch (IOException | RuntimeException e) {
      LOGGER.log(
          WARNING,
          "Deleted volume ''{0}'' ({1}) can''t be destroyed: {2}",
          volume.name(),
          volume.uuid(),
          e.getMessage());
    }
  }

  /** Adds what an operator wants to know. */
  void addTo(Map<String, String> info) throws IOException {
    List<String> problems = new ArrayList<>();
    List<TrashedVolume> kept = list((name, problem) -> problems.add(name + ": " + problem));
    info.put("TrashKeep", pool.config().trashKeep().toString());
    info.put("TrashVolumes", Integer.toString(kept.size()));
    info.put(
        "TrashUsed", Long.toString(kept.stream().mapToLong(v -> v.usedBytes().orElse(0)).sum()));
    if (!problems.isEmpty()) {
      info.put("TrashProblem", String.join("; ", problems));
    }
  }
}
