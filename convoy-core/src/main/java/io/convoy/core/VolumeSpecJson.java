package io.convoy.core;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.state.JsonFile;
import java.util.Optional;
import java.util.OptionalLong;

/** A {@link VolumeSpec} as it stands in a volume's record. */
final class VolumeSpecJson {
  private VolumeSpecJson() {}

  static ObjectNode write(VolumeSpec spec) {
    ObjectNode object = JsonFile.newObject();
    object.put("Name", spec.name().value());
    spec.sizeBytes().ifPresent(bytes -> object.put("SizeBytes", bytes));
    spec.source().ifPresent(url -> object.put("Source", url.toString()));
    spec.driverVolumeId().ifPresent(id -> object.put("DriverVolumeID", id));
    spec.type().ifPresent(type -> object.put("Type", type));
    spec.iops().ifPresent(iops -> object.put("IOPS", iops));
    spec.throughputMib().ifPresent(mib -> object.put("Throughput", mib));
    if (spec.copySource()) {
      object.put("CopySource", true);
    }
    if (spec.prepareForVm()) {
      object.put("PrepareForVM", true);
    }
    return object;
  }

  static VolumeSpec read(ObjectNode object) {
    return new VolumeSpec(
        new VolumeName(object.path("Name").asText()),
        number(object, "SizeBytes"),
        text(object, "Source").map(BackupUrl::parse),
        text(object, "DriverVolumeID"),
        text(object, "Type"),
        number(object, "IOPS"),
        number(object, "Throughput"),
        object.path("CopySource").asBoolean(),
        object.path("PrepareForVM").asBoolean());
  }

  private static Optional<String> text(ObjectNode object, String field) {
    return object.has(field) ? Optional.of(object.get(field).asText()) : Optional.empty();
  }

  private static OptionalLong number(ObjectNode object, String field) {
    return object.has(field) ? OptionalLong.of(object.get(field).asLong()) : OptionalLong.empty();
  }
}
