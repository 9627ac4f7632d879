package io.convoy.ebs;

import static java.lang.System.Logger.Level.INFO;

import io.convoy.core.InUseException;
import io.convoy.core.MountTable;
import io.convoy.core.process.CommandFailedException;
import io.convoy.core.process.CommandRunner;
import io.convoy.core.state.AtomicFiles;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Mounts volumes, attaching them first, and unmounts them, detaching them then. A file system is
 * made here, when a volume that was made blank is mounted for the first time: until then there is
 * no need to attach it.
 */
final class EbsMounts {
  private static final Logger LOGGER = System.getLogger(EbsMounts.class.getName());
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final CommandRunner commands;
  private final Ec2 ec2;
  private final Account account;
  private final Attachments attachments;
  private final Path defaultParent;
  private final boolean keepAttached;

  EbsMounts(
      CommandRunner commands,
      Ec2 ec2,
      Account account,
      Attachments attachments,
      Path defaultParent,
      boolean keepAttached) {
    this.commands = commands;
    this.ec2 = ec2;
    this.account = account;
    this.attachments = attachments;
    this.defaultParent = defaultParent;
    this.keepAttached = keepAttached;
  }

  /** Returns where a volume is mounted on this host. */
  List<Path> mountPoints(EbsVolume volume) throws IOException {
    Optional<Path> device = attachments.device(volume);
    return device.isEmpty()
        ? List.of()
        : MountTable.ofThisProcess().mountPointsOf(DeviceFinder.number(device.get()));
  }

  /** Mounts a volume, unless it is, and returns where. */
  Path mount(EbsVolume volume, Optional<Path> wanted) throws IOException {
    List<Path> now = mountPoints(volume);
    Path place = place(volume, wanted, now);
    if (now.contains(place)) {
      return place;
    }
    if (MountTable.ofThisProcess().isMountPoint(place)) {
      throw new InUseException(
          "Volume '%s' can't be mounted at '%s': something else is mounted there"
              .formatted(volume.name(), place));
    }
    boolean wasAttached = attachments.device(volume).isPresent();
    Path device = attachments.attach(volume);
    try {
      mountAt(volume, device, place);
    } catch (IOException | RuntimeException e) {
      if (!wasAttached) {
        try {
          attachments.detach(volume);
        } catch (IOException | RuntimeException undo) {
          e.addSuppressed(undo);
        }
      }
      throw e;
    }
    return place;
  }

  /** Mounts a volume where it was, making the directory if that was Convoy's own choice. */
  void mountAgain(EbsVolume volume, Path before) throws IOException {
    boolean usual = before.equals(defaultParent.resolve(volume.name().value()));
    mount(volume, usual ? Optional.empty() : Optional.of(before));
  }

  private Path place(EbsVolume volume, Optional<Path> wanted, List<Path> now) throws IOException {
    if (wanted.isEmpty()) {
      Path usual = defaultParent.resolve(volume.name().value());
      return now.isEmpty() || now.contains(usual) ? usual : now.get(0);
    }
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

  private void mountAt(EbsVolume volume, Path device, Path place) throws IOException {
    Filesystem filesystem = filesystem(volume, device);
    if (place.startsWith(defaultParent)) {
      AtomicFiles.createDirectories(place);
    }
    List<String> argv = new ArrayList<>(List.of("mount", "-t", filesystem.type()));
    if (filesystem.type().equals("xfs")) {
      // A restored volume has the UUID of the one that was backed up, which may be mounted, too.
      argv.addAll(List.of("-o", "nouuid"));
    }
    argv.add(device.toString());
    argv.add(place.toString());
    commands.run(argv, LIMIT);
    if (!MountTable.ofThisProcess().isMountedAt(DeviceFinder.number(device), place)) {
      throw new IOException(
          "'%s' succeeded, but the kernel does not show '%s' at '%s'"
              .formatted(String.join(" ", argv), device, place));
    }
    if (filesystem.type().equals("xfs")) {
      // Does nothing if it fills the device.
      Filesystem.growXfs(commands, place);
    }
  }

  /** Returns the file system that the volume has, or is given now. */
  private Filesystem filesystem(EbsVolume volume, Path device) throws IOException {
    Optional<Filesystem> found = Filesystem.probe(commands, device);
    Optional<String> expected = Optional.ofNullable(volume.tags().get(Tags.FILESYSTEM));
    if (expected.isEmpty()) {
      Filesystem there =
          found.orElseThrow(
              () ->
                  new IOException(
                      "Volume '%s' (%s) has no file system, and Convoy makes one on volumes only that it made itself, blank"
                          .formatted(volume.name(), volume.id())));
      return remembered(volume, grown(device, there));
    }
    if (expected.get().equals(Tags.UNFORMATTED)) {
      return remembered(volume, made(volume, device, found));
    }
    Filesystem known = Filesystem.parse(expected.get());
    if (found.isEmpty() || !found.get().equals(known)) {
      throw new IOException(
          "Volume '%s' (%s): its device '%s' holds %s, expected %s; nothing was mounted. If that is right, remove the volume's tag %s"
              .formatted(
                  volume.name(),
                  volume.id(),
                  device,
                  found.map(Filesystem::toString).orElse("no file system"),
                  known,
                  Tags.FILESYSTEM));
    }
    return grown(device, known);
  }

  /**
   * A volume that was grown at Amazon, or restored to a larger one, has a file system that is too
   * small.
   */
  private Filesystem grown(Path device, Filesystem filesystem) throws IOException {
    if (filesystem.type().equals("ext4")) {
      Filesystem.growExt4(commands, device);
    }
    return filesystem;
  }

  private Filesystem made(EbsVolume volume, Path device, Optional<Filesystem> found)
      throws IOException {
    if (found.isPresent()) {
      // Only Convoy gives a file system the UUID of the volume: it was cut off before it told.
      if (found.get().equals(new Filesystem("ext4", volume.uuid().toString()))
          && Filesystem.isWholeExt4(commands, device)) {
        return found.get();
      }
    } else if (volume.snapshotId().isEmpty() && Filesystem.isBlank(device)) {
      LOGGER.log(INFO, "Volume ''{0}'': making a file system on {1}", volume.name(), device);
      return Filesystem.make(commands, device, volume.uuid());
    }
    throw new IOException(
        "Volume '%s' (%s) was made blank, but its device '%s' is not (%s): no file system was made. Look at it, and delete the volume if nobody misses what is there"
            .formatted(
                volume.name(),
                volume.id(),
                device,
                found.map(Filesystem::toString).orElse("there is data on it")));
  }

  private Filesystem remembered(EbsVolume volume, Filesystem filesystem) throws IOException {
    Map<String, String> tag = Map.of(Tags.FILESYSTEM, filesystem.toString());
    ec2.setTags(volume.id(), tag);
    account.find(volume.name()).ifPresent(now -> account.put(now.withTags(tag)));
    return filesystem;
  }

  /** Unmounts a volume from wherever this host has it mounted, and detaches it. */
  void unmount(EbsVolume volume) throws IOException {
    if (attachments.device(volume).isEmpty()) {
      return;
    }
    List<Path> now = mountPoints(volume);
    // The last mounted may lie below the others.
    for (int i = now.size() - 1; i >= 0; i--) {
      try {
        commands.run(List.of("umount", now.get(i).toString()), LIMIT);
      } catch (CommandFailedException e) {
        InUseException inUse =
            new InUseException(
                "Volume '%s' can't be unmounted from '%s': %s"
                    .formatted(volume.name(), now.get(i), e.errorOutput().strip()));
        inUse.initCause(e);
        throw inUse;
      }
    }
    if (!keepAttached) {
      attachments.detach(volume);
    }
  }
}
