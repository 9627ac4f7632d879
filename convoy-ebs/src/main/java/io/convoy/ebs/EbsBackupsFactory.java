package io.convoy.ebs;

import io.convoy.core.BackupOptions;
import io.convoy.core.Backups;
import io.convoy.core.BackupsFactory;
import io.convoy.core.process.CommandRunner;
import java.util.Set;

/** Makes backups that are snapshots at Amazon. */
public final class EbsBackupsFactory implements BackupsFactory {
  @Override
  public Set<String> schemes() {
    return Set.of(EbsUrl.SCHEME);
  }

  @Override
  public Backups open(String hostId, CommandRunner commands, BackupOptions defaults) {
    return new EbsBackups(Connection.USUAL, Pace.USUAL);
  }
}
