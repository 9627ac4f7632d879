package io.convoy.objectstore;

import io.convoy.core.BackupName;
import io.convoy.core.CorruptDataException;
import io.convoy.core.Progress;
import io.convoy.core.VerifyOptions;
import io.convoy.core.VerifyOptions.Level;
import io.convoy.core.VerifyReport;
import io.convoy.core.VerifyReport.Damage;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Checks what a backup needs: that it is there by one listing, and its content by reading each
 * block once, however often it occurs. Notes damaged blocks in the store.
 */
final class Verification {
  private static final int THREADS = Math.max(2, Runtime.getRuntime().availableProcessors());
  private static final int MAX_AHEAD = 4 * THREADS;
  private static final int MAX_FINDINGS = 1000;
  private static final int SEEN = 1;
  private static final int LISTED = 2;
  private static final int EMPTY = 4;
  private static final int LONG = 8;

  private final ObjectStore store;
  private final StoredVolume volume;
  private final BackupHeader header;
  private final VerifyOptions options;
  private final Progress progress;
  private final BlockDownload download;
  private final SplittableRandom random = new SplittableRandom();
  private final NameMarks marks = new NameMarks();
  private final Deque<Reading> ahead = new ArrayDeque<>();

  /** Blocks by name, each where it occurs first. */
  private final Map<String, Finding> findings = new LinkedHashMap<>();

  private final List<Damage> others = new ArrayList<>();
  private ExecutorService threads;
  private long blocks;
  private long readBlocks;
  private long readBytes;
  private long doneBytes;

  private record Reading(BlockRef block, Future<Optional<String>> problem) {}

  private record Finding(String problem, boolean isThere) {}

  Verification(
      ObjectStore store, StoredVolume.Located backup, VerifyOptions options, Progress progress) {
    this.store = store;
    this.volume = backup.volume();
    this.header = backup.header();
    this.options = options;
    this.progress = progress;
    this.download =
        new BlockDownload(
            store,
            volume.layout(),
            volume.naming(),
            header.maxBlockBytes(volume.config()),
            THREADS);
  }

  VerifyReport run() throws IOException {
    threads = Executors.newFixedThreadPool(THREADS, task -> new Thread(task, "convoy-verify"));
    try {
      switch (header.kind()) {
        case TREE -> verifyTree();
        case BLOCKS, OLD_BLOCKS -> verifyBlocks();
        case OLD_SINGLE_FILE -> verifySingleFile();
      }
      while (!ahead.isEmpty()) {
        takeOne();
      }
    } finally {
      Tasks.stop(threads);
    }
    List<Damage> damages = new DamagedBlocks(store, volume.layout(), header).locate(problems());
    damages.addAll(others);
    return new VerifyReport(blocks, readBlocks, readBytes, damages, noteDamage());
  }

  private Map<String, String> problems() {
    Map<String, String> problems = new LinkedHashMap<>();
    findings.forEach((name, finding) -> problems.put(name, finding.problem));
    return problems;
  }

  private void listBlocks() throws IOException {
    long longest = BlockDownload.maxStoredBytes(header.maxBlockBytes(volume.config()));
    store.list(
        volume.layout().blocksPrefix(),
        (key, size) -> {
          Optional<String> name = volume.layout().parseBlock(key);
          if (name.isPresent()) {
            marks.add(name.get(), LISTED);
            if (size == 0) {
              marks.add(name.get(), EMPTY);
            } else if (size > longest) {
              marks.add(name.get(), LONG);
            }
          }
        });
  }

  private void verifyBlocks() throws IOException {
    BlockGrid grid = header.grid(volume.config());
    verify(
        grid.sizeBytes(),
        (key, block, end) -> {
          if (!grid.fits(block)) {
            throw new CorruptDataException(
                "%s has a block of %s bytes at %s, expected whole blocks of %s in %s"
                    .formatted(
                        key,
                        block.lengthBytes(),
                        block.offsetBytes(),
                        grid.blockBytes(),
                        grid.sizeBytes()));
          }
        });
  }

  private void verifyTree() throws IOException {
    int longest = header.maxBlockBytes(volume.config());
    Optional<Long> end =
        verify(
            header.contentBytes(),
            (key, block, before) -> {
              if (block.offsetBytes() != before || block.lengthBytes() > longest) {
                throw new CorruptDataException(
                    "%s has a block of %s bytes at %s, expected one at %s"
                        .formatted(key, block.lengthBytes(), block.offsetBytes(), before));
              }
            });
    if (end.isPresent() && end.get() != header.contentBytes()) {
      ObjectKey key = volume.layout().map(header.name());
      add(
          key,
          "%s makes up %s bytes, expected %s".formatted(key, end.get(), header.contentBytes()));
    }
  }

  private interface Rule {
    void check(String key, BlockRef block, long endBytes) throws CorruptDataException;
  }

  /** Returns where the last block ends, unless the list of blocks is damaged. */
  private Optional<Long> verify(long totalBytes, Rule rule) throws IOException {
    listBlocks();
    long end = 0;
    try (BlockList list = BlockList.open(store, volume.layout(), header)) {
      for (Optional<BlockRef> block = list.next(); block.isPresent(); block = list.next()) {
        rule.check(list.key(), block.get(), end);
        end = block.get().endBytes();
        check(block.get(), totalBytes);
      }
      return Optional.of(end);
    } catch (CorruptDataException e) {
      add(
          header.kind().hasMap() ? volume.layout().map(header.name()) : header.key(),
          e.getMessage());
      return Optional.empty();
    }
  }

  private void check(BlockRef block, long totalBytes) throws IOException {
    progress.checkCancelled();
    doneBytes += block.lengthBytes();
    progress.report(Math.min(doneBytes, totalBytes), totalBytes);
    if (!marks.add(block.name(), SEEN)) {
      return;
    }
    blocks++;
    if (!marks.has(block.name(), LISTED)) {
      add(block, "is missing", false);
    } else if (options.level() != Level.LIST && marks.has(block.name(), EMPTY)) {
      add(block, "is empty", true);
    } else if (options.level() != Level.LIST && marks.has(block.name(), LONG)) {
      add(block, "is longer than a block can be", true);
    } else if (options.level() == Level.DATA
        && (options.share() == 1 || random.nextDouble() < options.share())) {
      readBlocks++;
      readBytes += block.lengthBytes();
      ahead.add(new Reading(block, threads.submit(() -> problemOf(block))));
      if (ahead.size() > MAX_AHEAD) {
        takeOne();
      }
    }
  }

  private Optional<String> problemOf(BlockRef block) throws IOException {
    try {
      return download.get(block, content -> Optional.empty());
    } catch (CorruptDataException e) {
      return Optional.of(e.getMessage());
    }
  }

  private void takeOne() throws IOException {
    Reading reading = ahead.remove();
    Optional<String> problem = Tasks.get(reading.problem);
    if (problem.isPresent()) {
      add(reading.block.name(), new Finding(problem.get(), true));
    }
  }

  private void add(BlockRef block, String what, boolean isThere) {
    add(
        block.name(),
        new Finding(
            "Block %s, for bytes %s to %s, %s (object %s)"
                .formatted(
                    block.name(),
                    block.offsetBytes(),
                    block.endBytes() - 1,
                    what,
                    volume.layout().block(block.name())),
            isThere));
  }

  private void add(String name, Finding finding) {
    if (findings.size() < MAX_FINDINGS) {
      findings.put(name, finding);
    }
  }

  private void add(ObjectKey key, String problem) {
    others.add(new Damage(key.value(), problem, List.of(), List.<BackupName>of()));
  }

  /** A missing block is noticed by the next backup; of a damaged one it has to be told. */
  private List<String> noteDamage() {
    for (Map.Entry<String, Finding> finding : findings.entrySet()) {
      if (!finding.getValue().isThere) {
        continue;
      }
      ObjectKey key = volume.layout().damaged(finding.getKey());
      try {
        store.put(key, Json.bytes(Json.newObject().put("Problem", finding.getValue().problem)));
      } catch (IOException e) {
        return List.of(
            "%s can't be written, so the next backup does not store the damaged block again: %s"
                .formatted(key, e.getMessage()));
      }
    }
    return List.of();
  }

  private void verifySingleFile() throws IOException {
    ObjectKey key = volume.layout().singleFile(header.name());
    OptionalLong size = store.sizeBytes(key);
    if (size.isEmpty()) {
      add(key, key + " is missing");
    } else if (options.level() != Level.LIST && size.getAsLong() == 0) {
      add(key, key + " is empty");
    } else if (options.level() == Level.DATA) {
      readSingleFile(key);
    }
  }

  private void readSingleFile(ObjectKey key) throws IOException {
    try (InputStream file =
        store.open(key).orElseThrow(() -> new CorruptDataException("it is missing"))) {
      InputStream tar = SingleGzipInput.open(file);
      byte[] buffer = new byte[64 * 1024];
      for (int n = tar.read(buffer); n >= 0; n = tar.read(buffer)) {
        progress.checkCancelled();
        readBytes += n;
        progress.report(readBytes, -1);
      }
    } catch (CorruptDataException e) {
      add(key, "%s: %s".formatted(key, e.getMessage()));
    }
  }
}
