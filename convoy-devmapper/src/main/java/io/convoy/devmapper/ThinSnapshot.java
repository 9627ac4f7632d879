package io.convoy.devmapper;

import io.convoy.core.RubyDate;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotName;
import io.convoy.core.VolumeName;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;

/** What is recorded of a snapshot. */
record ThinSnapshot(
    SnapshotName name, UUID uuid, int thinId, long sizeBytes, Instant createdTime, Step step) {
  ThinSnapshot withStep(Step next) {
    return new ThinSnapshot(name, uuid, thinId, sizeBytes, createdTime, next);
  }

  Snapshot toSnapshot(VolumeName volume) {
    return new Snapshot(
        name,
        uuid,
        volume,
        createdTime,
        OptionalLong.of(sizeBytes),
        Map.of(
            "DevID", Integer.toString(thinId),
            "Driver", DevmapperDriverFactory.NAME,
            "Size", Long.toString(sizeBytes),
            "SnapshotCreatedAt", RubyDate.format(createdTime),
            "SnapshotName", name.value(),
            // Names, as Convoy v0.5.2 has it.
            "UUID", name.value(),
            "VolumeUUID", volume.value()));
  }
}
