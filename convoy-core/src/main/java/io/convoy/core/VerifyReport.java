package io.convoy.core;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What verifying a backup found.
 *
 * @param blocks how many different blocks it has; 0 where it is not made of blocks
 * @param readBlocks of how many of them the content was read
 * @param readBytes how much content that was
 * @param notes what else to tell, one line each
 */
public record VerifyReport(
    long blocks, long readBlocks, long readBytes, List<Damage> damages, List<String> notes) {
  public VerifyReport {
    damages = List.copyOf(damages);
    notes = List.copyOf(notes);
  }

  /**
   * Something that is missing or not what it was.
   *
   * @param key of the stored object
   * @param problem in one line
   * @param ranges which bytes of the volume, or of the tree's archive, it is for; the first of them
   *     if there are very many
   * @param otherBackups of the same volume that need it, too
   */
  public record Damage(
      String key, String problem, List<Extent> ranges, List<BackupName> otherBackups) {
    public Damage {
      requireNonNull(key, "key is null");
      requireNonNull(problem, "problem is null");
      ranges = List.copyOf(ranges);
      otherBackups = List.copyOf(otherBackups);
    }
  }

  /** Returns what is wrong, one line each; nothing if the backup is whole. */
  public List<String> problems() {
    return damages.stream().map(Damage::problem).toList();
  }
}
