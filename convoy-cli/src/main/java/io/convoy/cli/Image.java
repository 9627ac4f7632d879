package io.convoy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.convoy.core.Backup;
import io.convoy.core.BackupDestination;
import io.convoy.core.BackupName;
import io.convoy.core.BackupOptions;
import io.convoy.core.BackupRequest;
import io.convoy.core.BackupUrl;
import io.convoy.core.Backups;
import io.convoy.core.BackupsFactory;
import io.convoy.core.Extent;
import io.convoy.core.FileBlockContent;
import io.convoy.core.FileBlockTarget;
import io.convoy.core.Progress;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotName;
import io.convoy.core.ThisHost;
import io.convoy.core.Volume;
import io.convoy.core.VolumeName;
import io.convoy.core.process.ProcessCommandRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.ServiceLoader;
import java.util.UUID;

/** Backs up and restores image files, with no daemon and no root. */
final class Image {
  /** Stands for the driver in the backups of images. */
  private static final String DRIVER = "image";

  private Image() {}

  /**
   * Backs a file up and returns the backup's URL.
   *
   * @param volume all backups under one name are of one volume, whichever host makes them
   * @param changed what has changed since the last backup, if that is known
   */
  static BackupUrl backUp(
      Path file,
      VolumeName volume,
      BackupDestination destination,
      Optional<List<Extent>> changed,
      BackupOptions options,
      Progress progress)
      throws IOException {
    try (FileBlockContent content =
            FileBlockContent.open(file, ImageHoles.dataExtents(file), changed);
        Backups backups = open(destination)) {
      BackupName name = BackupName.random();
      Instant now = Instant.now();
      BackupRequest request =
          new BackupRequest(
              name,
              new Volume(
                  volume,
                  UUID.nameUUIDFromBytes(("convoy image " + volume).getBytes(UTF_8)),
                  // Of a volume that has only a name, nothing better is known; it has to stay.
                  Instant.EPOCH,
                  OptionalLong.of(content.sizeBytes()),
                  Map.of(),
                  List.of()),
              DRIVER,
              new Snapshot(
                  new SnapshotName("image-" + name),
                  UUID.randomUUID(),
                  volume,
                  now,
                  OptionalLong.of(content.sizeBytes()),
                  Map.of()),
              destination,
              options);
      return backups.create(request, content, progress).backup().url();
    }
  }

  /** Restores a backup of a device to a file, which appears when it is whole. */
  static void restore(BackupUrl url, Path file, boolean replace, Progress progress)
      throws IOException {
    try (Backups backups = open(url.destination())) {
      Backup backup = backups.inspect(url);
      try (FileBlockTarget target =
          FileBlockTarget.create(file, backup.volumeSizeBytes(), replace)) {
        backups.restore(url, target, progress);
        target.publish();
      }
    }
  }

  /** Tries whether a destination can hold backups, and returns what works. */
  static List<String> tryOut(BackupDestination destination) throws IOException {
    return factory(destination).tryOut(destination, new ProcessCommandRunner());
  }

  private static Backups open(BackupDestination destination) throws IOException {
    return factory(destination).open(hostId(), new ProcessCommandRunner(), BackupOptions.DEFAULT);
  }

  /**
   * Returns what the locks of these backups call this host. By it, and by its number, others take a
   * process that is not there for dead: so it is another one for each namespace of such numbers.
   */
  static String hostId() throws IOException {
    return ThisHost.name() + "/" + ThisHost.processNumbers();
  }

  private static BackupsFactory factory(BackupDestination destination) {
    for (BackupsFactory factory : ServiceLoader.load(BackupsFactory.class)) {
      if (factory.schemes().contains(destination.scheme())) {
        return factory;
      }
    }
    throw new IllegalArgumentException(
        "Invalid destination '%s': nothing here stores backups at '%s://'"
            .formatted(destination, destination.scheme()));
  }

  /** Reads lines of an offset and a length in bytes. */
  static List<Extent> readExtents(Path file) throws IOException {
    List<Extent> extents = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (line.isBlank()) {
        continue;
      }
      String[] words = line.strip().split("\\s+", -1);
      if (words.length != 2 || !words[0].matches("\\d{1,18}") || !words[1].matches("\\d{1,18}")) {
        throw new IllegalArgumentException(
            "%s: '%s' is no extent: expected '<offset> <length>' in bytes".formatted(file, line));
      }
      extents.add(new Extent(Long.parseLong(words[0]), Long.parseLong(words[1])));
    }
    return extents;
  }
}
