package io.convoy.devmapper;

import io.convoy.core.InUseException;
import io.convoy.core.process.CommandFailedException;
import io.convoy.core.state.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Mounts and unmounts volumes; what is mounted where, the kernel's table says. */
final class VolumeMounts {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Surroundings host;
  private final VolumeDevices devices;
  private final ThinVolumes volumes;
  private final Path defaultParent;

  VolumeMounts(Surroundings host, VolumeDevices devices, ThinVolumes volumes, Path defaultParent) {
    this.host = host;
    this.devices = devices;
    this.volumes = volumes;
    this.defaultParent = defaultParent;
  }

  /** Mounts a volume, unless it is, and returns where. */
  Path mount(ThinVolume volume, Optional<Path> wanted) throws IOException {
    Path node = devices.activate(volume);
    List<Path> now = devices.mountPoints(volume);
    Path place = place(volume, wanted, now);
    if (!now.contains(place)) {
      mountAt(volume, node, place);
    }
    if (!volume.mountPoint().equals(Optional.of(place))) {
      volumes.change(volume.name(), recorded -> recorded.withMountPoint(Optional.of(place)));
    }
    return place;
  }

  private Path place(ThinVolume volume, Optional<Path> wanted, List<Path> now) throws IOException {
    if (wanted.isPresent()) {
      Path place = wanted.get();
      if (!place.isAbsolute() || !Files.isDirectory(place)) {
        throw new IllegalArgumentException(
            "Volume '%s' can't be mounted at '%s': expected an absolute path of a directory that is there"
                .formatted(volume.name(), place));
      }
      // The kernel's table has no symbolic links.
      Path real = place.toRealPath();
      if (!now.isEmpty() && !now.contains(real)) {
        throw new InUseException(
            "Volume '%s' can't be mounted at '%s': it is mounted at '%s'"
                .formatted(volume.name(), place, now.get(0)));
      }
      return real;
    }
    Path usual = defaultParent.resolve(volume.name().value());
    return now.isEmpty() || now.contains(usual) ? usual : now.get(0);
  }

  private void mountAt(ThinVolume volume, Path node, Path place) throws IOException {
    if (host.mounts().isMountPoint(place)) {
      throw new InUseException(
          "Volume '%s' can't be mounted at '%s': something else is mounted there"
              .formatted(volume.name(), place));
    }
    if (place.startsWith(defaultParent)) {
      AtomicFiles.createDirectories(place);
    }
    List<String> argv = new ArrayList<>(List.of("mount", "-t", volume.filesystem()));
    for (Filesystem filesystem : Filesystem.values()) {
      if (filesystem.toString().equals(volume.filesystem())) {
        argv.addAll(filesystem.mountOptions());
      }
    }
    argv.add(node.toString());
    argv.add(place.toString());
    host.commands().run(argv, LIMIT);
    DeviceState state =
        devices.state(volume).orElseThrow(() -> new IOException("'%s' is gone".formatted(node)));
    if (!host.mounts().isMountedAt(state.number().toString(), place)) {
      throw new IOException(
          "'%s' succeeded, but the kernel does not show device %s at '%s'"
              .formatted(String.join(" ", argv), state.number(), place));
    }
  }

  /** Unmounts a volume from wherever this host has it mounted. */
  void unmount(ThinVolume volume) throws IOException {
    List<Path> now = new ArrayList<>(devices.mountPoints(volume));
    // The last mounted may lie below the others.
    for (int i = now.size() - 1; i >= 0; i--) {
      try {
        host.commands().run(List.of("umount", now.get(i).toString()), LIMIT);
      } catch (CommandFailedException e) {
        InUseException inUse =
            new InUseException(
                "Volume '%s' can't be unmounted (%s): %s"
                    .formatted(volume.name(), e.errorOutput().strip(), devices.holders(volume)));
        inUse.initCause(e);
        throw inUse;
      }
    }
    if (volume.mountPoint().isPresent()) {
      volumes.change(volume.name(), recorded -> recorded.withMountPoint(Optional.empty()));
    }
  }
}
