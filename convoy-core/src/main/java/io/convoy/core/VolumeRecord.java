package io.convoy.core;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What this host knows of a volume beside its driver: intents, mounts, the wish it was made from.
 *
 * @param spec what was asked for when it was made; empty for one that was found
 * @param deleteMode how it is being deleted, in state {@link VolumeState#DELETING}
 * @param wantedMountPoint where somebody wanted it to be mounted; else the driver chose
 * @param mountIds who has it mounted, in order of asking
 * @param bootId the boot of this host in which the mount IDs were collected
 */
record VolumeRecord(
    VolumeName name,
    UUID uuid,
    String driver,
    VolumeState state,
    Instant createdTime,
    Optional<VolumeSpec> spec,
    Optional<DeleteMode> deleteMode,
    Optional<Path> wantedMountPoint,
    Optional<Path> mountPoint,
    List<String> mountIds,
    String bootId,
    Optional<LastBackup> lastBackup) {
  private static final int FORMAT = 1;

  VolumeRecord {
    requireNonNull(name, "name is null");
    requireNonNull(uuid, "uuid is null");
    requireNonNull(driver, "driver is null");
    requireNonNull(state, "state is null");
    requireNonNull(createdTime, "createdTime is null");
    requireNonNull(spec, "spec is null");
    requireNonNull(deleteMode, "deleteMode is null");
    requireNonNull(wantedMountPoint, "wantedMountPoint is null");
    requireNonNull(mountPoint, "mountPoint is null");
    requireNonNull(bootId, "bootId is null");
    requireNonNull(lastBackup, "lastBackup is null");
    mountIds = List.copyOf(mountIds);
  }

  /** Returns the record of a volume that is about to be made. */
  static VolumeRecord intent(
      VolumeSpec spec, UUID uuid, String driver, VolumeState state, Instant now) {
    return new VolumeRecord(
        spec.name(),
        uuid,
        driver,
        state,
        now,
        Optional.of(spec),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        "",
        Optional.empty());
  }

  /** Returns the record of a volume that was found at a driver. */
  static VolumeRecord found(Volume volume, String driver) {
    return new VolumeRecord(
        volume.name(),
        volume.uuid(),
        driver,
        VolumeState.READY,
        volume.createdTime(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        "",
        Optional.empty());
  }

  VolumeRecord ready(UUID uuid, Instant createdTime) {
    return new VolumeRecord(
        name,
        uuid,
        driver,
        VolumeState.READY,
        createdTime,
        spec,
        Optional.empty(),
        wantedMountPoint,
        mountPoint,
        mountIds,
        bootId,
        lastBackup);
  }

  VolumeRecord deleting(DeleteMode mode) {
    return new VolumeRecord(
        name,
        uuid,
        driver,
        VolumeState.DELETING,
        createdTime,
        spec,
        Optional.of(mode),
        wantedMountPoint,
        mountPoint,
        mountIds,
        bootId,
        lastBackup);
  }

  VolumeRecord withWantedMountPoint(Optional<Path> wanted) {
    return new VolumeRecord(
        name,
        uuid,
        driver,
        state,
        createdTime,
        spec,
        deleteMode,
        wanted,
        mountPoint,
        mountIds,
        bootId,
        lastBackup);
  }

  VolumeRecord withMounts(Optional<Path> mountPoint, List<String> mountIds, String bootId) {
    return new VolumeRecord(
        name,
        uuid,
        driver,
        state,
        createdTime,
        spec,
        deleteMode,
        mountIds.isEmpty() ? Optional.empty() : wantedMountPoint,
        mountPoint,
        mountIds,
        bootId,
        lastBackup);
  }

  VolumeRecord withLastBackup(LastBackup backup) {
    return new VolumeRecord(
        name,
        uuid,
        driver,
        state,
        createdTime,
        spec,
        deleteMode,
        wantedMountPoint,
        mountPoint,
        mountIds,
        bootId,
        Optional.of(backup));
  }

  /** Writes this record over the fields of {@code object}; other fields of it stay. */
  ObjectNode writeTo(ObjectNode object) {
    object.put("Format", FORMAT);
    object.put("Name", name.value());
    object.put("UUID", uuid.toString());
    object.put("Driver", driver);
    object.put("State", state.name());
    object.put("CreatedTime", createdTime.toString());
    spec.ifPresentOrElse(
        wish -> object.set("Spec", VolumeSpecJson.write(wish)), () -> object.remove("Spec"));
    deleteMode.ifPresentOrElse(
        mode -> object.put("DeleteMode", mode.name()), () -> object.remove("DeleteMode"));
    object.put("WantedMountPoint", wantedMountPoint.map(Path::toString).orElse(""));
    object.put("MountPoint", mountPoint.map(Path::toString).orElse(""));
    ArrayNode ids = object.putArray("MountIDs");
    mountIds.forEach(ids::add);
    object.put("BootID", bootId);
    lastBackup.ifPresent(
        backup -> {
          object.put("LastBackupURL", backup.url());
          object.put("LastBackupTime", backup.time().toString());
        });
    return object;
  }

  /**
   * Reads what {@link #writeTo} wrote.
   *
   * @throws IllegalArgumentException if it is not such a record, saying what is wrong
   */
  static VolumeRecord read(ObjectNode object) {
    int format = object.path("Format").asInt();
    if (format != FORMAT) {
      throw new IllegalArgumentException(
          "Format is %s, expected %s: written by another version of Convoy"
              .formatted(object.path("Format"), FORMAT));
    }
    List<String> ids = new ArrayList<>();
    object.path("MountIDs").forEach(id -> ids.add(id.asText()));
    JsonNode spec = object.path("Spec");
    return new VolumeRecord(
        new VolumeName(text(object, "Name")),
        UUID.fromString(text(object, "UUID")),
        text(object, "Driver"),
        VolumeState.valueOf(text(object, "State")),
        Instant.parse(text(object, "CreatedTime")),
        spec instanceof ObjectNode wish ? Optional.of(VolumeSpecJson.read(wish)) : Optional.empty(),
        object.has("DeleteMode")
            ? Optional.of(DeleteMode.valueOf(text(object, "DeleteMode")))
            : Optional.empty(),
        path(object, "WantedMountPoint"),
        path(object, "MountPoint"),
        ids,
        object.path("BootID").asText(),
        object.has("LastBackupURL")
            ? Optional.of(
                new LastBackup(
                    text(object, "LastBackupURL"), Instant.parse(text(object, "LastBackupTime"))))
            : Optional.empty());
  }

  private static Optional<Path> path(ObjectNode object, String field) {
    String text = object.path(field).asText();
    return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
  }

  private static String text(ObjectNode object, String field) {
    JsonNode value = object.path(field);
    if (!value.isTextual()) {
      throw new IllegalArgumentException(
          "%s is %s, expected a text".formatted(field, value.isMissingNode() ? "missing" : value));
    }
    return value.asText();
  }
}
