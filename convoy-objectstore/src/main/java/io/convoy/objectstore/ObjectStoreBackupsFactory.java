package io.convoy.objectstore;

import io.convoy.core.Backups;
import io.convoy.core.BackupsFactory;
import io.convoy.core.process.CommandRunner;
import java.time.Clock;
import java.util.Set;

/** Makes the backups at {@code vfs://} destinations. */
public final class ObjectStoreBackupsFactory implements BackupsFactory {
  @Override
  public Set<String> schemes() {
    return Set.of(DirectoryStores.SCHEME);
  }

  @Override
  public Backups open(String hostId, CommandRunner commands) {
    return new ObjectStoreBackups(
        new DirectoryStores(commands),
        commands,
        Compression.ZSTD,
        StoreLock.Timing.DEFAULT,
        hostId,
        Clock.systemUTC());
  }
}
