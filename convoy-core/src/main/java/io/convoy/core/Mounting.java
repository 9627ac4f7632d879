package io.convoy.core;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.convoy.core.VolumeUses.Kind;
import io.convoy.core.VolumeUses.Use;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Mounts volumes, and counts who wants them mounted. The set of mount IDs is on disk before the
 * driver mounts and after it has unmounted, so a crash leaves a volume mounted rather than
 * unmounted under a container.
 */
final class Mounting {
  private static final Logger LOGGER = System.getLogger(Mounting.class.getName());

  private final Drivers drivers;
  private final VolumeRecords records;
  private final VolumeDirectory directory;
  private final VolumeUses uses;
  private final String bootId;

  Mounting(
      Drivers drivers,
      VolumeRecords records,
      VolumeDirectory directory,
      VolumeUses uses,
      String bootId) {
    this.drivers = drivers;
    this.records = records;
    this.directory = directory;
    this.uses = uses;
    this.bootId = bootId;
  }

  Path mount(VolumeName name, MountRequest request) throws IOException {
    try (Use use = uses.enter(name, Kind.MOUNT, "mount")) {
      VolumeStatus status = directory.getReady(name);
      checkMountPoint(status, request);
      VolumeDriver driver = drivers.get(status.driver());
      if (request.takeOver()) {
        takeOver(status, driver);
      }
      VolumeRecord before = directory.record(status);
      List<String> ids = new ArrayList<>(before.mountIds());
      if (!ids.contains(request.mountId())) {
        ids.add(request.mountId());
      }
      Optional<Path> wanted = request.mountPoint().or(before::wantedMountPoint);
      VolumeRecord intent =
          before.withWantedMountPoint(wanted).withMounts(before.mountPoint(), ids, bootId);
      if (!intent.equals(before)) {
        records.save(intent);
      }
      Path mountPoint;
      try {
        mountPoint = driver.mount(name, wanted);
      } catch (IOException | RuntimeException e) {
        try {
          records.save(before);
        } catch (IOException undo) {
          e.addSuppressed(undo);
        }
        throw e;
      }
      if (!intent.mountPoint().equals(Optional.of(mountPoint))) {
        records.save(intent.withMounts(Optional.of(mountPoint), ids, bootId));
      }
      return mountPoint;
    }
  }

  private static void takeOver(VolumeStatus status, VolumeDriver driver) throws IOException {
    driver
        .takeover()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Volume '%s' can't be taken over: no host holds volumes of driver '%s'; mount it without --force"
                        .formatted(status.volume().name(), status.driver())))
        .takeOver(status.volume().name());
  }

  private static void checkMountPoint(VolumeStatus status, MountRequest request)
      throws InUseException {
    if (request.mountPoint().isPresent()
        && status.mountPoint().isPresent()
        && !status.mountPoint().equals(request.mountPoint())) {
      throw new InUseException(
          "Volume '%s' is mounted at %s already, asked for was %s"
              .formatted(
                  status.volume().name(), status.mountPoint().get(), request.mountPoint().get()));
    }
  }

  void unmount(VolumeName name, String mountId) throws IOException {
    try (Use use = uses.enter(name, Kind.MOUNT, "unmount")) {
      VolumeStatus status = directory.get(name);
      List<String> ids = new ArrayList<>(status.mountIds());
      if (mountId.equals(MountRequest.COMMAND)) {
        ids.remove(MountRequest.ADOPTED);
      }
      if (!ids.remove(mountId) && !mountId.equals(MountRequest.COMMAND)) {
        if (!ids.remove(MountRequest.ADOPTED)) {
          LOGGER.log(
              INFO, "Volume ''{0}'': unmount of unknown mount ID {1}, ignored", name, mountId);
          return;
        }
      }
      if (mountId.equals(MountRequest.COMMAND) && ids.equals(status.mountIds()) && !ids.isEmpty()) {
        throw new InUseException(
            "Volume '%s' can't be unmounted: it is mounted by %s; stop them first, or add --force"
                .formatted(name, MountHolders.describe(ids)));
      }
      release(status, ids);
    }
  }

  void unmountForAll(VolumeName name) throws IOException {
    try (Use use = uses.enter(name, Kind.MOUNT, "unmount")) {
      release(directory.get(name), List.of());
    }
  }

  private static void unmount(VolumeDriver driver, VolumeName name) throws IOException {
    try {
      driver.unmount(name);
    } catch (NotFoundException e) {
      // What is gone is mounted nowhere; it must not count as mounted for good.
      LOGGER.log(WARNING, "Volume ''{0}'' is unmounted, and gone: {1}", name, e.getMessage());
    }
  }

  private void release(VolumeStatus status, List<String> ids) throws IOException {
    VolumeName name = status.volume().name();
    if (ids.isEmpty()) {
      unmount(drivers.get(status.driver()), name);
    }
    if (!ids.equals(status.mountIds()) || (ids.isEmpty() && status.mountPoint().isPresent())) {
      Optional<Path> mountPoint = ids.isEmpty() ? Optional.empty() : status.mountPoint();
      records.save(directory.record(status).withMounts(mountPoint, ids, bootId));
    }
  }
}
