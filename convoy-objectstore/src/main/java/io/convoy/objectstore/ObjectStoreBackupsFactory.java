package io.convoy.objectstore;

import io.convoy.core.BackupOptions;
import io.convoy.core.Backups;
import io.convoy.core.BackupsFactory;
import io.convoy.core.process.CommandRunner;
import java.time.Clock;
import java.util.Map;
import java.util.Set;

/** Makes the backups at {@code vfs://} and {@code s3://} destinations. */
public final class ObjectStoreBackupsFactory implements BackupsFactory {
  @Override
  public Set<String> schemes() {
    return Set.of(DirectoryStores.SCHEME, S3Stores.SCHEME);
  }

  @Override
  public Backups open(String hostId, CommandRunner commands, BackupOptions defaults) {
    return new ObjectStoreBackups(
        new SchemeStores(
            Map.of(
                DirectoryStores.SCHEME,
                new DirectoryStores(commands),
                S3Stores.SCHEME,
                new S3Stores())),
        commands,
        BackupEncoding.checked(defaults),
        StoreLock.Timing.DEFAULT,
        hostId,
        Clock.systemUTC());
  }
}
