package io.convoy.plugin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.Backup;
import io.convoy.core.BackupCare;
import io.convoy.core.BackupResult;
import io.convoy.core.BackupUrl;
import io.convoy.core.RubyDate;
import io.convoy.core.Snapshot;
import io.convoy.core.TrashList;
import io.convoy.core.TrashedVolume;
import io.convoy.core.VerifyOptions;
import io.convoy.core.VerifyReport;
import io.convoy.core.Volume;
import io.convoy.core.VolumeState;
import io.convoy.core.VolumeStatus;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Volumes, snapshots and backups as JSON, key by key as v0.5.2 writes them: its objects in the
 * order of its structs, its maps in order of key. What v0.5.2 has not comes last, and only where it
 * says something, since scripts compare.
 */
final class Documents {
  private Documents() {}

  static ObjectNode volume(VolumeStatus status) {
    Volume volume = status.volume();
    ObjectNode node = Json.object();
    node.put("Name", volume.name().value());
    node.put("Driver", status.driver());
    node.put("MountPoint", mountPoint(status));
    node.put("CreatedTime", RubyDate.format(volume.createdTime()));
    node.set("DriverInfo", Json.object(driverInfo(status)));
    ObjectNode snapshots = node.putObject("Snapshots");
    Map<String, Snapshot> byName = new TreeMap<>();
    volume.snapshots().forEach(snapshot -> byName.put(snapshot.name().value(), snapshot));
    byName.forEach((name, snapshot) -> snapshots.set(name, snapshot(snapshot, status.driver())));
    if (status.state() != VolumeState.READY) {
      node.put("State", state(status));
    }
    status.problem().ifPresent(problem -> node.put("Problem", problem));
    status.activity().ifPresent(activity -> node.put("Activity", activity));
    status
        .lastBackup()
        .ifPresent(
            backup ->
                node.put("LastBackup", backup.url())
                    .put("LastBackupTime", RubyDate.format(backup.time())));
    return node;
  }

  /** Returns how large a volume is that was to have {@code wantedBytes} at least. */
  static ObjectNode resized(VolumeStatus status, long wantedBytes) {
    long size = status.volume().sizeBytes().orElse(wantedBytes);
    ObjectNode node =
        Json.object().put("VolumeName", status.volume().name().value()).put("Size", size);
    if (size != wantedBytes) {
      node.put("RoundedUpFrom", wantedBytes);
    }
    return node;
  }

  static ObjectNode trash(TrashList trash) {
    ObjectNode node = Json.object();
    putTrashed(node.putArray("Volumes"), trash.volumes());
    if (!trash.problems().isEmpty()) {
      trash.problems().forEach(node.putArray("Problems")::add);
    }
    return node;
  }

  static ObjectNode destroyed(List<TrashedVolume> volumes) {
    ObjectNode node = Json.object();
    putTrashed(node.putArray("Destroyed"), volumes);
    return node;
  }

  private static void putTrashed(ArrayNode array, List<TrashedVolume> volumes) {
    for (TrashedVolume volume : volumes) {
      ObjectNode node = array.addObject();
      node.put("ID", volume.id().toString());
      node.put("Name", volume.name().value());
      node.put("Driver", volume.driver());
      volume.sizeBytes().ifPresent(size -> node.put("Size", size));
      volume.usedBytes().ifPresent(used -> node.put("UsedBytes", used));
      node.put("DeletedTime", RubyDate.format(volume.deletedTime()));
      node.put("ExpiryTime", RubyDate.format(volume.expiryTime()));
      ArrayNode snapshots = node.putArray("Snapshots");
      volume.snapshots().forEach(snapshot -> snapshots.add(snapshot.value()));
    }
  }

  static ObjectNode volumes(Collection<VolumeStatus> volumes) {
    ObjectNode node = Json.object();
    volumes.forEach(status -> node.set(status.volume().name().value(), volume(status)));
    return node;
  }

  static String state(VolumeStatus status) {
    return status.state().name().toLowerCase(Locale.ROOT);
  }

  static String mountPoint(VolumeStatus status) {
    return status.mountPoint().map(Object::toString).orElse("");
  }

  /** Returns what v0.5.2's drivers tell of a volume. */
  static Map<String, String> driverInfo(VolumeStatus status) {
    Volume volume = status.volume();
    Map<String, String> info = new TreeMap<>();
    volume.sizeBytes().ifPresent(size -> info.put("Size", Long.toString(size)));
    info.putAll(volume.details());
    info.put("Driver", status.driver());
    info.put("MountPoint", mountPoint(status));
    info.put("VolumeCreatedAt", RubyDate.format(volume.createdTime()));
    info.put("VolumeName", volume.name().value());
    return info;
  }

  private static Map<String, String> driverInfo(Snapshot snapshot, String driver) {
    Map<String, String> info = new TreeMap<>();
    snapshot.sizeBytes().ifPresent(size -> info.put("Size", Long.toString(size)));
    info.putAll(snapshot.details());
    info.put("Driver", driver);
    info.put("SnapshotCreatedAt", RubyDate.format(snapshot.createdTime()));
    info.put("SnapshotName", snapshot.name().value());
    return info;
  }

  /** Returns a snapshot as it stands below its volume. */
  private static ObjectNode snapshot(Snapshot snapshot, String driver) {
    ObjectNode node = Json.object();
    node.put("Name", snapshot.name().value());
    node.put("CreatedTime", RubyDate.format(snapshot.createdTime()));
    node.set("DriverInfo", Json.object(driverInfo(snapshot, driver)));
    return node;
  }

  /** Returns a snapshot as it stands alone. */
  static ObjectNode snapshot(Snapshot snapshot, VolumeStatus volume) {
    ObjectNode node = Json.object();
    node.put("Name", snapshot.name().value());
    node.put("VolumeName", snapshot.volume().value());
    node.put("VolumeCreatedAt", RubyDate.format(volume.volume().createdTime()));
    node.put("CreatedTime", RubyDate.format(snapshot.createdTime()));
    node.set("DriverInfo", Json.object(driverInfo(snapshot, volume.driver())));
    return node;
  }

  static ObjectNode backup(Backup backup) {
    ObjectNode node = Json.object();
    node.put("BackupName", backup.url().backupName().map(Object::toString).orElse(""));
    node.put("BackupURL", backup.url().toString());
    node.put("CreatedTime", RubyDate.format(backup.createdTime()));
    node.put("DriverName", backup.driver());
    node.put("SnapshotCreatedAt", RubyDate.format(backup.snapshotCreatedTime()));
    node.put("SnapshotName", backup.snapshotName().value());
    node.put("VolumeCreatedAt", RubyDate.format(backup.volumeCreatedTime()));
    node.put("VolumeName", backup.volumeName().value());
    node.put("VolumeSize", Long.toString(backup.volumeSizeBytes()));
    backup.details().forEach(node::put);
    return node;
  }

  static ObjectNode backups(Collection<Backup> backups) {
    Map<String, ObjectNode> byUrl = new TreeMap<>();
    backups.forEach(backup -> byUrl.put(backup.url().toString(), backup(backup)));
    ObjectNode node = Json.object();
    byUrl.forEach(node::set);
    return node;
  }

  static ObjectNode made(BackupResult result) {
    return Json.object()
        .put("URL", result.backup().url().toString())
        .put("ContentBytes", result.contentBytes())
        .put("NewBytes", result.newBytes())
        .put("StoredBytes", result.storedBytes())
        .put("NewBlocks", result.newBlocks())
        .put("ReusedBlocks", result.reusedBlocks());
  }

  static ObjectNode verification(BackupUrl url, VerifyOptions options, VerifyReport report) {
    ObjectNode node = Json.object();
    node.put("BackupURL", url.toString());
    node.put("Whole", report.damages().isEmpty());
    node.put("Level", options.level().label());
    node.put("SamplePercent", options.share() * 100);
    node.put("Blocks", report.blocks());
    node.put("ReadBlocks", report.readBlocks());
    node.put("ReadBytes", report.readBytes());
    report.problems().forEach(node.putArray("Problems")::add);
    ArrayNode damages = node.putArray("Damage");
    for (VerifyReport.Damage damage : report.damages()) {
      ObjectNode entry = damages.addObject();
      entry.put("Key", damage.key());
      entry.put("Problem", damage.problem());
      ArrayNode ranges = entry.putArray("Ranges");
      damage
          .ranges()
          .forEach(
              range ->
                  ranges
                      .addObject()
                      .put("Offset", range.offsetBytes())
                      .put("Length", range.lengthBytes()));
      ArrayNode others = entry.putArray("OtherBackups");
      damage.otherBackups().forEach(backup -> others.add(backup.value()));
    }
    if (!report.notes().isEmpty()) {
      report.notes().forEach(node.putArray("Notes")::add);
    }
    return node;
  }

  static ObjectNode garbage(BackupCare.GarbageReport report, boolean dryRun) {
    ObjectNode node = Json.object();
    node.put("Objects", report.objects());
    node.put("Bytes", report.bytes());
    node.put("Deleted", !dryRun);
    ArrayNode skipped = node.putArray("Skipped");
    report.skippedVolumes().forEach(skipped::add);
    return node;
  }
}
