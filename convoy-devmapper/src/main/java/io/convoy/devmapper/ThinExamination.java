package io.convoy.devmapper;

import io.convoy.core.Examination;
import io.convoy.core.Finding;
import io.convoy.core.Finding.Severity;
import io.convoy.core.VolumeName;
import io.convoy.devmapper.ThinPool.HeldMetadata;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Compares the records with the pool, the devices and the kernel's table of mounts. */
final class ThinExamination implements Examination {
  private final Surroundings host;
  private final ThinPool pool;
  private final VolumeDevices devices;
  private final ThinVolumes volumes;

  ThinExamination(Surroundings host, ThinPool pool, VolumeDevices devices, ThinVolumes volumes) {
    this.host = host;
    this.pool = pool;
    this.devices = devices;
    this.volumes = volumes;
  }

  @Override
  public List<Finding> examine() throws IOException {
    List<Finding> findings = new ArrayList<>();
    String name = "Thin pool '" + pool.config().poolName() + "' ";
    for (PoolHealth.Trouble trouble : pool.health().troubles()) {
      findings.add(
          new Finding(
              trouble.refuses() ? Severity.ERROR : Severity.WARNING,
              name + trouble.what(),
              trouble.remedy()));
    }
    Optional<String> transaction = pool.transactionDifference();
    if (transaction.isPresent()) {
      findings.add(
          new Finding(
              Severity.ERROR,
              name + transaction.get() + ": something else changed it",
              "stop that, and restart the daemon with --driver-opts "
                  + ThinPoolConfig.ADOPT
                  + "=true"));
    }
    for (String device : devices.staleSnapshotDevices(volumes.all())) {
      findings.add(
          new Finding(
              Severity.WARNING,
              "Device '%s' shows a snapshot that nobody reads".formatted(host.node(device)),
              "convoy doctor --repair"));
    }
    Set<VolumeName> gone = Set.of();
    if (pool.hasLeakedMetadata()) {
      findings.add(
          new Finding(
              Severity.ERROR,
              name + "holds a picture of its metadata for nobody: backups fail",
              "convoy doctor --repair"));
    } else if (!pool.status().isReadOnly()) {
      gone = compareThinDevices(findings);
    }
    for (ThinVolume volume : volumes.all()) {
      if (!gone.contains(volume.name())) {
        examineDevice(volume, findings);
      }
    }
    return findings;
  }

  private Set<Integer> thinIds() throws IOException {
    try (HeldMetadata held = pool.holdMetadata()) {
      return held.metadata().thinIds();
    }
  }

  /** Returns the volumes that are not in the pool. */
  private Set<VolumeName> compareThinDevices(List<Finding> findings) throws IOException {
    Set<Integer> before = thinIds();
    // From the files: what is being created or deleted is not shown, but has its record.
    List<ThinVolume> recorded = new ArrayList<>();
    List<String> unread = new ArrayList<>();
    recorded.addAll(volumes.files().all((name, problem) -> unread.add(problem)).values());
    recorded.addAll(volumes.files().trash((name, problem) -> unread.add(problem)));
    // What was made or deleted meanwhile is in one of the two alone.
    Set<Integer> after = thinIds();

    Set<Integer> unknown = new TreeSet<>(before);
    unknown.retainAll(after);
    Set<Integer> seen = new TreeSet<>(before);
    seen.addAll(after);
    Set<VolumeName> gone = new TreeSet<>();
    for (ThinVolume volume : recorded) {
      unknown.remove(volume.thinId());
      volume.snapshots().forEach(snapshot -> unknown.remove(snapshot.thinId()));
      if (volume.step().isUsable() && seen.contains(volume.thinId())) {
        examineSnapshots(volume, seen, findings);
      } else if (volume.step().isUsable()) {
        gone.add(volume.name());
        findings.add(lost(volume));
      }
    }
    if (!unread.isEmpty()) {
      // They may name what looks unknown.
      return gone;
    }
    for (int id : unknown) {
      findings.add(
          new Finding(
              Severity.WARNING,
              "Thin device %s in pool '%s' is named by no record"
                  .formatted(id, pool.config().poolName()),
              "if nobody needs what is in it: dmsetup message %s 0 'delete %s'"
                  .formatted(pool.config().poolName(), id)));
    }
    return gone;
  }

  private static Finding lost(ThinVolume volume) {
    return new Finding(
        Severity.ERROR,
        "Volume '%s': thin device %s, which it is recorded to be, is not in the pool"
            .formatted(volume.name(), volume.thinId()),
        volume.kept().isPresent()
            ? "to give it up: convoy trash empty " + volume.uuid()
            : "restore its last backup under another name; to give it up%s: convoy delete %s"
                .formatted(
                    volume.snapshots().isEmpty() ? "" : " with its snapshots", volume.name()));
  }

  private void examineSnapshots(ThinVolume volume, Set<Integer> seen, List<Finding> findings) {
    for (ThinSnapshot snapshot : volume.snapshots()) {
      if (snapshot.step() == Step.READY && !seen.contains(snapshot.thinId())) {
        findings.add(
            new Finding(
                Severity.ERROR,
                "Snapshot '%s' of volume '%s': thin device %s is not in the pool"
                    .formatted(snapshot.name(), volume.name(), snapshot.thinId()),
                snapshotRemedy(volume, snapshot)));
      }
    }
  }

  private String snapshotRemedy(ThinVolume volume, ThinSnapshot snapshot) {
    if (volume.kept().isPresent()) {
      return "nothing to do: it is in the trash and goes with its volume";
    }
    return (volumes.problem(volume.name()).isPresent() ? "mend its volume first, then: " : "")
        + "convoy snapshot delete "
        + snapshot.name();
  }

  private void examineDevice(ThinVolume volume, List<Finding> findings) throws IOException {
    if (volumes.problem(volume.name()).isPresent()) {
      return;
    }
    if (devices.state(volume).isEmpty()) {
      findings.add(
          new Finding(
              Severity.WARNING,
              "Volume '%s' has no device '%s'"
                  .formatted(volume.name(), devices.node(volume.name())),
              "convoy mount %1$s; convoy umount %1$s".formatted(volume.name())));
      return;
    }
    if (!devices.isOurs(volume)) {
      findings.add(
          new Finding(
              Severity.ERROR,
              "Volume '%s': device '%s' is something else"
                  .formatted(volume.name(), devices.node(volume.name())),
              "rename that device: dmsetup rename %1$s other-%1$s, then restart the daemon"
                  .formatted(volume.name())));
      return;
    }
    List<Path> mountPoints = devices.mountPoints(volume);
    Optional<Path> recorded = volume.mountPoint();
    if (recorded.isPresent() && !mountPoints.contains(recorded.get())) {
      findings.add(
          new Finding(
              Severity.WARNING,
              "Volume '%s' is recorded as mounted at '%s', and is not"
                  .formatted(volume.name(), recorded.get()),
              "convoy mount %1$s, or convoy umount %1$s".formatted(volume.name())));
    }
    for (Path mountPoint : mountPoints) {
      if (!recorded.equals(Optional.of(mountPoint))) {
        findings.add(
            new Finding(
                Severity.WARNING,
                "Volume '%s' is mounted at '%s', which is not recorded"
                    .formatted(volume.name(), mountPoint),
                "umount " + mountPoint));
      }
    }
  }

  @Override
  public List<String> repair() throws IOException {
    List<String> done = new ArrayList<>();
    for (String device : devices.staleSnapshotDevices(volumes.all())) {
      devices.deactivateSnapshot(device);
      done.add("Device '%s' removed: nobody read it".formatted(host.node(device)));
    }
    if (pool.releaseLeakedMetadata()) {
      done.add(
          "Thin pool '%s': the metadata that it held for nobody is released"
              .formatted(pool.config().poolName()));
    }
    return done;
  }
}
