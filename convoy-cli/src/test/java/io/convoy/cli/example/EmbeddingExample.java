package io.convoy.cli.example;

import io.convoy.core.BackupDestination;
import io.convoy.core.BackupResult;
import io.convoy.core.Convoy;
import io.convoy.core.ConvoyConfig;
import io.convoy.core.MountRequest;
import io.convoy.core.Progress;
import io.convoy.core.Snapshot;
import io.convoy.core.VolumeName;
import io.convoy.core.VolumeSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Convoy in a program; README shows this method. */
final class EmbeddingExample {
  private EmbeddingExample() {}

  static Path backUpAndRestore(Path root, BackupDestination store) throws IOException {
    try (Convoy convoy = Convoy.open(ConvoyConfig.of(root, "vfs"))) {
      VolumeName name = new VolumeName("photos");
      convoy.create(VolumeSpec.of(name), Optional.empty(), Progress.NONE);
      Path files = convoy.mount(name, MountRequest.command(Optional.empty()));
      Files.writeString(files.resolve("hello.txt"), "hello");

      Snapshot snapshot = convoy.createSnapshot(name, Optional.empty());
      BackupResult result = convoy.createBackup(snapshot.name(), store, Progress.NONE);
      System.out.println(result.backup().url() + ": " + result.storedBytes() + " bytes stored");

      VolumeSpec copy = VolumeSpec.of(new VolumeName("restored")).withSource(result.backup().url());
      convoy.create(copy, Optional.empty(), Progress.NONE);
      return convoy.mount(copy.name(), MountRequest.command(Optional.empty()));
    }
  }
}
