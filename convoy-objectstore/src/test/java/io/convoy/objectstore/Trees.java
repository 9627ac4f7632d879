package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.convoy.core.Backup;
import io.convoy.core.BackupDestination;
import io.convoy.core.BackupName;
import io.convoy.core.BackupOptions;
import io.convoy.core.BackupRequest;
import io.convoy.core.BackupResult;
import io.convoy.core.BackupUrl;
import io.convoy.core.FileTreeContent;
import io.convoy.core.FileTreeTarget;
import io.convoy.core.Progress;
import io.convoy.core.Snapshot;
import io.convoy.core.SnapshotName;
import io.convoy.core.Volume;
import io.convoy.core.VolumeName;
import io.convoy.core.process.ProcessCommandRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;

/** Small trees, and backups of them to whatever store a test has. */
final class Trees {
  static final BackupDestination DESTINATION = BackupDestination.parse("vfs:///test");

  /** For stores that never take long to answer. */
  static final StoreLock.Timing TIMING =
      new StoreLock.Timing(Duration.ofSeconds(2), Duration.ofSeconds(30));

  private Trees() {}

  /** Returns backups in one store; closing them leaves it open. */
  static ObjectStoreBackups backups(ObjectStore store) {
    return backups(store, timing(store));
  }

  /** A disk that stalls for seconds, as disks do, must not cost a holder its lock. */
  static StoreLock.Timing timing(ObjectStore store) {
    return store instanceof DirectoryObjectStore ? StoreLock.Timing.DEFAULT : TIMING;
  }

  static ObjectStoreBackups backups(ObjectStore store, StoreLock.Timing timing) {
    ObjectStores stores =
        new ObjectStores() {
          @Override
          public ObjectStore open(BackupDestination destination) {
            return store; // closing one of those tests use does nothing
          }

          @Override
          public void close() {}
        };
    return new ObjectStoreBackups(
        stores,
        new ProcessCommandRunner(),
        BackupOptions.DEFAULT,
        timing,
        "host1",
        Clock.systemUTC());
  }

  static Volume volume(String name) {
    return volume(name, UUID.nameUUIDFromBytes(name.getBytes(UTF_8)));
  }

  static Volume volume(String name, UUID uuid) {
    return new Volume(
        new VolumeName(name),
        uuid,
        Instant.parse("2026-11-23T22:00:00Z"),
        OptionalLong.empty(),
        Map.of(),
        List.of());
  }

  static BackupRequest request(Volume volume, String backup) {
    return new BackupRequest(
        new BackupName(backup),
        volume,
        "vfs",
        new Snapshot(
            new SnapshotName("snap-" + backup),
            UUID.randomUUID(),
            volume.name(),
            Instant.parse("2026-11-23T23:00:00Z"),
            OptionalLong.empty(),
            Map.of()),
        DESTINATION);
  }

  static BackupUrl url(String volume, String backup) {
    return BackupUrl.of(DESTINATION, new BackupName(backup), volume);
  }

  static BackupResult create(ObjectStore store, String volume, String backup, Path tree)
      throws IOException {
    return create(store, request(volume(volume), backup), tree);
  }

  static BackupResult create(ObjectStore store, BackupRequest request, Path tree)
      throws IOException {
    return backups(store).create(request, content(tree), Progress.NONE);
  }

  static void restore(ObjectStore store, BackupUrl url, Path target) throws IOException {
    backups(store).restore(url, new FileTreeTarget(target), Progress.NONE);
  }

  /** Returns the names of the backups that are listed; fails if one can't be read. */
  static List<String> listed(ObjectStore store) throws IOException {
    return list(store).stream()
        .map(
            backup ->
                backup.url().volumeName().orElseThrow()
                    + " "
                    + backup.url().backupName().orElseThrow())
        .toList();
  }

  static List<Backup> list(ObjectStore store) throws IOException {
    List<String> problems = new ArrayList<>();
    List<Backup> backups =
        backups(store).list(DESTINATION, Optional.empty(), (key, problem) -> problems.add(problem));
    if (!problems.isEmpty()) {
      throw new IOException("can't be read: " + problems);
    }
    return backups;
  }

  static FileTreeContent content(Path tree) {
    return new FileTreeContent() {
      @Override
      public Path directory() {
        return tree;
      }

      @Override
      public void close() {}
    };
  }

  /** Makes a tree of files with random content, links among them. */
  static Path make(Path tree, long seed, int files, int fileBytes) throws IOException {
    Random random = new Random(seed);
    Files.createDirectories(tree);
    for (int i = 0; i < files; i++) {
      Path file = tree.resolve("dir" + i % 7).resolve("file" + i);
      Files.createDirectories(file.getParent());
      byte[] content = new byte[fileBytes + random.nextInt(100)];
      random.nextBytes(content);
      Files.write(file, content);
    }
    Files.createLink(tree.resolve("hard"), tree.resolve("dir0/file0"));
    Files.createSymbolicLink(tree.resolve("soft"), Path.of("dir0/file0"));
    Files.writeString(tree.resolve("ünïcode näme"), "text " + seed);
    return tree;
  }

  static void change(Path file, long seed) throws IOException {
    byte[] content = new byte[(int) Files.size(file)];
    new Random(seed).nextBytes(content);
    Files.write(file, content);
  }
}
