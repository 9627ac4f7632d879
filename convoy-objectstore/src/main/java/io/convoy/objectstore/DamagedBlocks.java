package io.convoy.objectstore;

import io.convoy.core.BackupName;
import io.convoy.core.CorruptDataException;
import io.convoy.core.Extent;
import io.convoy.core.VerifyReport.Damage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds out what damaged blocks are for: the ranges of a backup, and other backups. */
final class DamagedBlocks {
  private static final int MAX_RANGES = 100;

  private final ObjectStore store;
  private final BackupLayout layout;
  private final BackupHeader backup;
  private final Map<String, List<Extent>> ranges = new HashMap<>();
  private final Map<String, Set<BackupName>> others = new HashMap<>();

  DamagedBlocks(ObjectStore store, BackupLayout layout, BackupHeader backup) {
    this.store = store;
    this.layout = layout;
    this.backup = backup;
  }

  /** Returns the damage that these problems of blocks are, by name. */
  List<Damage> locate(Map<String, String> problems) throws IOException {
    List<Damage> damages = new ArrayList<>();
    if (problems.isEmpty()) {
      return damages;
    }
    for (String name : problems.keySet()) {
      ranges.put(name, new ArrayList<>());
      others.put(name, new LinkedHashSet<>());
    }
    new HeaderListing(store, layout)
        .visit(
            new HeaderListing.Visitor() {
              @Override
              public void header(BackupHeader header) throws IOException {
                search(header);
              }

              /** That one is hurt anyway. */
              @Override
              public void corrupt(ObjectKey key, CorruptDataException problem) {}
            });
    problems.forEach(
        (name, problem) ->
            damages.add(
                new Damage(
                    layout.block(name).value(),
                    problem,
                    ranges.get(name),
                    List.copyOf(others.get(name)))));
    return damages;
  }

  private void search(BackupHeader header) throws IOException {
    if (header.kind() == BackupHeader.Kind.OLD_SINGLE_FILE) {
      return;
    }
    boolean isOther = !header.name().equals(backup.name());
    try (BlockList list = BlockList.open(store, layout, header)) {
      for (Optional<BlockRef> next = list.next(); next.isPresent(); next = list.next()) {
        BlockRef block = next.get();
        if (!ranges.containsKey(block.name())) {
          continue;
        }
        if (isOther) {
          others.get(block.name()).add(header.name());
        } else if (ranges.get(block.name()).size() < MAX_RANGES) {
          ranges.get(block.name()).add(new Extent(block.offsetBytes(), block.lengthBytes()));
        }
      }
    } catch (CorruptDataException e) {
      // What it has in common with this one is known as far as it can be read.
    }
  }
}
