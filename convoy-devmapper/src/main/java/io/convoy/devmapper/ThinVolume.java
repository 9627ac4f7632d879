package io.convoy.devmapper;

import io.convoy.core.RubyDate;
import io.convoy.core.SnapshotName;
import io.convoy.core.Volume;
import io.convoy.core.VolumeName;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * What is recorded of a volume.
 *
 * @param filesystem what is on it, as {@code mount -t} wants it
 * @param mountPoint where it was mounted last, if it was not unmounted since
 * @param snapshots in order of creation
 * @param kept that it was deleted, or is being deleted or restored, with its data kept
 */
record ThinVolume(
    VolumeName name,
    UUID uuid,
    int thinId,
    long sizeBytes,
    Instant createdTime,
    String filesystem,
    Optional<Path> mountPoint,
    List<ThinSnapshot> snapshots,
    Step step,
    Optional<Kept> kept) {
  ThinVolume {
    snapshots = List.copyOf(snapshots);
  }

  ThinVolume withStep(Step next) {
    return new ThinVolume(
        name, uuid, thinId, sizeBytes, createdTime, filesystem, mountPoint, snapshots, next, kept);
  }

  ThinVolume withName(VolumeName other) {
    return new ThinVolume(
        other, uuid, thinId, sizeBytes, createdTime, filesystem, mountPoint, snapshots, step, kept);
  }

  ThinVolume withKept(Optional<Kept> other) {
    return new ThinVolume(
        name, uuid, thinId, sizeBytes, createdTime, filesystem, mountPoint, snapshots, step, other);
  }

  ThinVolume withSizeBytes(long bytes) {
    return new ThinVolume(
        name, uuid, thinId, bytes, createdTime, filesystem, mountPoint, snapshots, step, kept);
  }

  ThinVolume withFilesystem(String other) {
    return new ThinVolume(
        name, uuid, thinId, sizeBytes, createdTime, other, mountPoint, snapshots, step, kept);
  }

  ThinVolume withMountPoint(Optional<Path> place) {
    return new ThinVolume(
        name, uuid, thinId, sizeBytes, createdTime, filesystem, place, snapshots, step, kept);
  }

  private ThinVolume withSnapshots(List<ThinSnapshot> others) {
    return new ThinVolume(
        name, uuid, thinId, sizeBytes, createdTime, filesystem, mountPoint, others, step, kept);
  }

  /** Returns this volume with a snapshot, in place of one of the same name if there is one. */
  ThinVolume with(ThinSnapshot snapshot) {
    if (snapshot(snapshot.name()).isPresent()) {
      return withSnapshots(
          snapshots.stream()
              .map(other -> other.name().equals(snapshot.name()) ? snapshot : other)
              .toList());
    }
    List<ThinSnapshot> all = new ArrayList<>(snapshots);
    all.add(snapshot);
    return withSnapshots(all);
  }

  ThinVolume without(SnapshotName snapshot) {
    return withSnapshots(
        snapshots.stream().filter(other -> !other.name().equals(snapshot)).toList());
  }

  /** Returns the thin devices of this volume and its snapshots. */
  Set<Integer> thinIds() {
    Set<Integer> ids = new TreeSet<>(Set.of(thinId));
    snapshots.forEach(snapshot -> ids.add(snapshot.thinId()));
    return ids;
  }

  Optional<ThinSnapshot> snapshot(SnapshotName wanted) {
    return snapshots.stream().filter(snapshot -> snapshot.name().equals(wanted)).findFirst();
  }

  Volume toVolume(Path node) {
    return new Volume(
        name,
        uuid,
        createdTime,
        OptionalLong.of(sizeBytes),
        Map.of(
            "DevID", Integer.toString(thinId),
            "Device", node.toString(),
            "Driver", DevmapperDriverFactory.NAME,
            "Filesystem", filesystem,
            "MountPoint", mountPoint.map(Path::toString).orElse(""),
            "Size", Long.toString(sizeBytes),
            "VolumeCreatedAt", RubyDate.format(createdTime),
            "VolumeName", name.value()),
        snapshots.stream()
            .filter(snapshot -> snapshot.step() == Step.READY)
            .map(snapshot -> snapshot.toSnapshot(name))
            .toList());
  }
}
