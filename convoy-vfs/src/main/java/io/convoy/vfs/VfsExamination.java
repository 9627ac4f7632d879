package io.convoy.vfs;

import io.convoy.core.Examination;
import io.convoy.core.Finding;
import io.convoy.core.MountTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Compares the records with what is in {@code vfs.path}, and finds what was left there. */
final class VfsExamination implements Examination {
  private final VolumeRoot root;
  private final MountTable mounts;
  private final RecordedFiles recorded;
  private final Leftovers leftovers;
  private final LoopDevices loops;

  VfsExamination(
      VolumeRoot root,
      MountTable mounts,
      RecordedFiles recorded,
      Leftovers leftovers,
      LoopDevices loops) {
    this.root = root;
    this.mounts = mounts;
    this.recorded = recorded;
    this.leftovers = leftovers;
    this.loops = loops;
  }

  @Override
  public List<Finding> examine() throws IOException {
    root.check();
    List<Finding> findings = new ArrayList<>();
    LocalLocks.of(root.path(), mounts).map(LocalLocks::finding).ifPresent(findings::add);
    findings.addAll(recorded.examine());
    findings.addAll(leftovers.examine());
    findings.addAll(loops.examine(root.path()));
    return findings;
  }

  @Override
  public List<String> repair() throws IOException {
    root.check();
    return leftovers.clear();
  }
}
