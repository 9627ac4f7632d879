package io.convoy.objectstore;

import io.convoy.core.BackupDestination;
import io.convoy.core.BackupOptions;
import io.convoy.core.Backups;
import io.convoy.core.BackupsFactory;
import io.convoy.core.process.CommandRunner;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
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
        stores(commands),
        commands,
        BackupEncoding.checked(defaults),
        StoreLock.Timing.DEFAULT,
        hostId,
        Clock.systemUTC());
  }

  private static ObjectStores stores(CommandRunner commands) {
    return new SchemeStores(
        Map.of(
            DirectoryStores.SCHEME,
            new DirectoryStores(commands),
            S3Stores.SCHEME,
            new S3Stores()));
  }

  @Override
  public List<String> tryOut(BackupDestination destination, CommandRunner commands)
      throws IOException {
    try (ObjectStores stores = stores(commands);
        ObjectStore store = stores.open(destination)) {
      return new StoreTrial(store).run();
    }
  }
}
